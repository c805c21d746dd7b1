"""A question on the screen."""

from __future__ import annotations

import re
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
    Question,
    Single,
    TrueFalse,
)
from prep.ui.markup import blocks, code_block, inline
from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.quiz import Shown
    from prep.ui.words import Words

_GAP = re.compile(r"__(\d)__")


def question_screen(shown: Shown, words: Words, *, asking: bool = True) -> Iterator[RenderableType]:
    """Yield header, prompt, code and choices of a question; when asking, how to answer."""
    question = shown.question
    yield header(shown, words)
    yield Text()
    yield from blocks(question.prompt[words.language])
    if question.code is not None:
        yield Text()
        code = _GAP.sub(r"[▁\1▁]", question.code) if isinstance(question, Cloze) else question.code
        yield code_block(code, numbers=isinstance(question, Bug))
    yield Text()
    yield from choices(question, shown.order, words)
    if asking:
        yield Text(how_to(question, words), style="quiet")
    elif isinstance(question, TrueFalse | Bug):
        yield from option_list(question.reasons, shown.order, words)
        yield Text()


def header(shown: Shown, words: Words) -> Text:
    """Return the line above a question: place, topic, level, and why it is asked."""
    parts = (
        [words.say("quiz-place", number=shown.number, total=shown.total)] if shown.number else []
    )
    line = Text(" · ".join(parts), style="strong")
    if parts:
        line.append(" · ", style="quiet")
    line.append(shown.topic[words.language], style="topic")
    line.append(f" · {words.say('quiz-level', level=shown.question.level)}", style="quiet")
    if not shown.number:
        return line.append(f" · {shown.item.question}", style="quiet")
    why = words.say(f"why-{shown.item.why}")
    if shown.item.why == "due" and shown.recall is not None:
        why = words.say("why-due-recall", recall=f"{shown.recall:.0%}")
    line.append(f" · {why}", style="quiet")
    return line


def choices(question: Question, order: tuple[int, ...], words: Words) -> Iterator[RenderableType]:
    """Yield what can be chosen, numbered as on the keyboard."""
    language = words.language
    match question:
        case Single() | Multiple():
            yield from option_list(question.options, order, words)
        case TrueFalse():
            yield _choice(1, inline(words.say("true")))
            yield _choice(2, inline(words.say("false")))
        case Ordering():
            for key, at in enumerate(order, start=1):
                yield _choice(key, inline(question.steps[at].text[language]))
        case Matching():
            for letter, pair in zip("ABCDEFGH", question.pairs, strict=False):
                yield item(letter, inline(pair.left[language]), "strong")
            yield Text()
            rights = [*(pair.right for pair in question.pairs), *(e.text for e in question.extra)]
            for key, at in enumerate(order, start=1):
                yield _choice(key, inline(rights[at][language]))
        case _:
            return
    yield Text()


def option_list(
    options: tuple[Option, ...], order: tuple[int, ...], words: Words
) -> Iterator[RenderableType]:
    """Yield the options in the order of the screen."""
    for key, at in enumerate(order, start=1):
        yield _choice(key, inline(options[at].text[words.language]))


def how_to(question: Question, words: Words) -> str:
    """Say how the answer is given, and how it is scored when there is partial credit."""
    kind = str(type(question).__struct_config__.tag)
    if isinstance(question, Numeric) and question.unit:
        return words.say("how-numeric-unit", unit=question.unit)
    if isinstance(question, Open):
        return words.say("how-open")
    return words.say(f"how-{kind}")


def _choice(key: int, text: Text) -> RenderableType:
    return item(f" {key} ", text, "key")
