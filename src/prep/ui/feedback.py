"""What a learner sees after an answer."""

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
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Ticks, Typed
from prep.ui.markup import blocks, code_block, inline
from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.quiz import Outcome
    from prep.ui.words import Words

RIGHT, WRONG, OPEN = "✓", "✗", "·"


def feedback_screen(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield verdict, reasons, explanation, sources and the way the question comes back."""
    yield verdict(outcome, words)
    yield from remarks(outcome, words)
    yield Text()
    yield from key_screen(outcome, words)
    schedule = comes_back(outcome, words)
    if schedule:
        yield Text(schedule, style="quiet")


def key_screen(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield key, reasons, explanation and sources."""
    question = outcome.shown.question
    yield from answer_key(outcome, words)
    yield Text()
    yield from blocks(question.explanation[words.language])
    yield Text()
    for source in question.sources:
        line = inline(f"{words.say('source')} {source.title}", "quiet")
        yield line.append(f" {source.url}", style="quiet link")


def verdict(outcome: Outcome, words: Words) -> Text:
    """Return right, partly right (with the score) or wrong."""
    score = outcome.judgement.score
    if score >= 1:
        return Text(f"{RIGHT} {words.say('right')}", style="right")
    if score > 0:
        return Text(words.say("partly", score=f"{score:.0%}"), style="partly")
    return Text(f"{WRONG} {words.say('wrong')}", style="wrong")


def remarks(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield the author's replies to a near miss and the judge's notes."""
    for reply in outcome.judgement.replies:
        yield inline(reply[words.language])
    for note in outcome.judgement.notes:
        yield inline(words.judge_note(note))


def answer_key(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield the key beside the answer, with the reason of every part."""
    question, response = outcome.shown.question, outcome.response
    match question, response:
        case (Single() | Multiple(), Picks(picks)):
            yield from _options(question.options, outcome.shown.order, set(picks), words)
        case (TrueFalse(), Reasoned(claim, reason)):
            yield from _claim(words.say("true" if question.verdict else "false"),
                              words.say("true" if claim else "false"), words)  # fmt: skip
            yield from _options(question.reasons, outcome.shown.order, {reason}, words)
        case (Bug(), Reasoned(claim, reason)):
            lines = ", ".join(map(str, question.lines))
            yield from _claim(words.say("line", line=lines), words.say("line", line=claim), words)
            yield from _options(question.reasons, outcome.shown.order, {reason}, words)
            yield Text()
            yield Text(words.say("fixed-code"), style="quiet")
            yield code_block(question.fix)
        case _:
            yield from _typed_key(outcome, words)


def _typed_key(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    question, response, language = outcome.shown.question, outcome.response, words.language
    match question, response:
        case (Numeric() | Output() | Shape() | Short(), Typed(text)):
            yield from _claim(key_words(question), text, words)
        case (Cloze(), Blanks(texts)):
            marks = outcome.judgement.parts
            for number, (blank, text) in enumerate(zip(question.blanks, texts, strict=True)):
                mark = RIGHT if number < len(marks) and marks[number] else WRONG
                line = inline(f"`{blank.accept[0]}`")
                if mark == WRONG:
                    line.append(f"  {words.say('yours')} {text}", style="quiet")
                yield item(f"{mark} {number + 1}", line, "right" if mark == RIGHT else "wrong")
                yield item("   ", inline(blank.reason[language], "quiet"))
        case (Ordering(), Order()):
            for number, step in enumerate(question.steps, start=1):
                yield item(f" {number} ", inline(step.text[language]), "key")
                yield item("   ", inline(step.reason[language], "quiet"))
        case (Matching(), Match(rights)):
            yield from _pairs(question, rights, words)
        case (Open(), Ticks(ticks)):
            for at, point in enumerate(question.points):
                mark = RIGHT if at in ticks else OPEN
                yield item(mark, inline(point.text[language]), "right" if at in ticks else "quiet")


def key_words(question: Numeric | Output | Shape | Short) -> str:
    """Return the key of a typed question as one would write it."""
    match question:
        case Short():
            return question.accept[0]
        case Numeric():
            digits = question.digits or 6
            number = f"{question.value or 0:.{max(digits, 6)}g}"
            return f"{number} {question.unit}".strip()
        case _:
            return str(question.value)


def _pairs(
    question: Matching, rights: tuple[int, ...], words: Words
) -> Iterator[RenderableType]:
    language = words.language
    texts = [*(pair.right for pair in question.pairs), *(extra.text for extra in question.extra)]
    for at, (pair, chosen) in enumerate(zip(question.pairs, rights, strict=True)):
        good = at == chosen or texts[at] == texts[chosen]
        line = inline(f"{pair.left[language]} → {pair.right[language]}")
        if not good:
            line.append(f"  {words.say('yours')} {texts[chosen][language]}", style="quiet")
        yield item(RIGHT if good else WRONG, line, "right" if good else "wrong")
        yield item(" ", inline(pair.reason[language], "quiet"))
    for extra in question.extra:
        yield item(OPEN, inline(f"{extra.text[language]}: {extra.reason[language]}", "quiet"), "quiet")


def _claim(key: str, given: str, words: Words) -> Iterator[RenderableType]:
    yield Text.assemble((f"{words.say('key')} ", "quiet"), (key, "strong"))
    yield Text.assemble((f"{words.say('yours')} ", "quiet"), given.strip())


def _options(
    options: tuple[Option, ...], order: tuple[int, ...], picked: set[int], words: Words
) -> Iterator[RenderableType]:
    for key, at in enumerate(order, start=1):
        option = options[at]
        mark, style = (RIGHT, "right") if option.right else (WRONG, "wrong")
        text = inline(option.text[words.language], "strong" if at in picked else "")
        if at in picked:
            text.append(f"  ← {words.say('your-pick')}", style=style)
        yield item(f"{mark} {key}", text, style)
        yield item("   ", inline(option.reason[words.language], "quiet"))


def comes_back(outcome: Outcome, words: Words) -> str:
    """Say when the question comes back, and why then."""
    entry, card = outcome.entry, outcome.card
    if entry is None or card is None or card.memory is None or entry.kind in {"mock", "cram"}:
        return words.say("not-scheduled") if entry is not None else ""
    days = (card.memory.due - outcome.day).days
    sentence = words.say("comes-back", date=card.memory.due.isoformat(), days=days)
    if entry.kind == "practice":
        sentence = words.say("comes-back-practice", date=card.memory.due.isoformat(), days=days)
    if outcome.shown.recall is not None and entry.kind == "review":
        sentence += " " + words.say("recall-was", recall=f"{outcome.shown.recall:.0%}")
    sentence += " " + words.say("recall-then", recall=f"{entry.retention:.0%}")
    if card.leech:
        sentence += " " + words.say("leech", lapses=card.memory.lapses)
    return sentence
