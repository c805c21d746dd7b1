"""The key of each type of question, beside what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Numeric,
    Open,
    Option,
    Ordering,
    Output,
    Shape,
    Short,
    Single,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Picks, Reasoned, Ticks, Typed
from prep.ui.markup import blocks, code_block, inline
from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.quiz import Outcome
    from prep.ui.words import Words

RIGHT, WRONG, OPEN = "✓", "✗", "·"
COLON = {"en": ": ", "zh": "："}


class AnswerKey:
    """Yields the lines of one key; without marks of the learner when nothing was `given`."""

    def __init__(self, outcome: Outcome, words: Words, *, given: bool) -> None:
        self._outcome = outcome
        self._words = words
        self._language = words.language
        self._given = given

    def lines(self) -> Iterator[RenderableType]:
        """Yield the key with the reason of every part."""
        match self._outcome.shown.question, self._outcome.response:
            case (Single() | Multiple() as choice, Picks(picks)):
                yield from self._options(choice.options, set(picks))
            case (TrueFalse() as question, Reasoned(claim, reason)):
                yield from self._claim(self._truth(question.verdict), self._truth(bool(claim)))
                yield from self._options(question.reasons, {reason})
            case (Bug() as question, Reasoned(claim, reason)):
                yield from self._bug(question, claim, reason)
            case _:
                yield from self._written()

    def _written(self) -> Iterator[RenderableType]:
        match self._outcome.shown.question, self._outcome.response:
            case (Numeric() | Output() | Shape() | Short() as question, Typed(text)):
                yield from self._claim(key_words(question), text)
            case (Cloze() as question, Blanks(texts)):
                yield from self._blanks(question, texts)
            case (Ordering() as question, _):
                yield from self._steps(question)
            case (Matching() as question, Match(rights)):
                yield from self._pairs(question, rights)
            case (Open() as question, Ticks(ticks)):
                yield from self._points(question, ticks)
            case _:
                return

    def _truth(self, claim: bool) -> str:  # noqa: FBT001 - it is the claim
        return self._words.say("true" if claim else "false")

    def _claim(self, key: str, given: str) -> Iterator[RenderableType]:
        yield Text.assemble((self._words.label("key"), "quiet"), (key, "strong"))
        if self._given:
            yield Text.assemble((self._words.label("yours"), "quiet"), given.strip())

    def _options(self, options: tuple[Option, ...], picked: set[int]) -> Iterator[RenderableType]:
        for key, at in enumerate(self._outcome.shown.order, start=1):
            option = options[at]
            mark, style = (RIGHT, "right") if option.right else (WRONG, "wrong")
            mine = self._given and at in picked
            text = inline(option.text[self._language], "strong" if mine else "")
            if mine:
                text.append(f"  ← {self._words.say('your-pick')}", style=style)
            yield item(f"{mark} {key}", text, style)
            yield self._reason(option.reason[self._language])

    def _bug(self, question: Bug, line: int, reason: int) -> Iterator[RenderableType]:
        lines = ", ".join(map(str, question.lines))
        yield from self._claim(
            self._words.say("line", line=lines), self._words.say("line", line=line)
        )
        yield from self._options(question.reasons, {reason})
        yield Text()
        yield Text(self._words.say("fixed-code"), style="quiet")
        yield code_block(question.fix)

    def _steps(self, question: Ordering) -> Iterator[RenderableType]:
        rows = zip(question.steps, self._outcome.judgement.parts, strict=True)
        for number, (step, right) in enumerate(rows, start=1):
            mark, style = (RIGHT, "right") if right else (WRONG, "wrong")
            yield item(f"{mark} {number}", inline(step.text[self._language]), style)
            yield self._reason(step.reason[self._language])

    def _blanks(self, question: Cloze, texts: tuple[str, ...]) -> Iterator[RenderableType]:
        marks = self._outcome.judgement.parts
        rows = zip(question.blanks, texts, marks, strict=True)
        for number, (blank, text, right) in enumerate(rows, start=1):
            line = inline(f"`{blank.accept[0]}`")
            if not right:
                line.append(f"  {self._words.label('yours')}{text}", style="quiet")
            mark, style = (RIGHT, "right") if right else (WRONG, "wrong")
            yield item(f"{mark} {number}", line, style)
            yield self._reason(blank.reason[self._language])

    def _pairs(self, question: Matching, rights: tuple[int, ...]) -> Iterator[RenderableType]:
        language, marks = self._language, self._outcome.judgement.parts
        texts = [*(p.right for p in question.pairs), *(e.text for e in question.extra)]
        for pair, chosen, right in zip(question.pairs, rights, marks, strict=True):
            line = inline(f"{pair.left[language]} → {pair.right[language]}")
            if not right:
                line.append(
                    f"  {self._words.label('yours')}{texts[chosen][language]}", style="quiet"
                )
            mark, style = (RIGHT, "right") if right else (WRONG, "wrong")
            yield item(mark, line, style)
            yield item(" ", inline(pair.reason[language], "quiet"))
        for extra in question.extra:
            line = inline(
                f"{extra.text[language]}{COLON[language]}{extra.reason[language]}", "quiet"
            )
            yield item(OPEN, line, "quiet")

    def _points(self, question: Open, ticks: tuple[int, ...]) -> Iterator[RenderableType]:
        if not self._given:
            yield from blocks(question.answer[self._language])
            yield Text()
        for at, point in enumerate(question.points):
            mark, style = (RIGHT, "right") if at in ticks else (OPEN, "quiet")
            yield item(mark, inline(point.text[self._language]), style)

    def _reason(self, words: str) -> RenderableType:
        return item("   ", inline(words, "quiet"))


def key_words(question: Numeric | Output | Shape | Short) -> str:
    """Return the key of a typed question as one would write it."""
    match question:
        case Short():
            return question.accept[0]
        case Numeric():
            number = f"{question.value or 0:.{max(question.digits or 6, 6)}g}"
            return f"{number} {question.unit}".strip()
        case _:
            return str(question.value)
