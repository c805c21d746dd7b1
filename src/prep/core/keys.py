"""A question's own key, and its near misses, as responses."""

from __future__ import annotations

from prep.errors import PrepError
from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Near,
    Numeric,
    Open,
    Option,
    Ordering,
    Output,
    Question,
    Shape,
    Short,
    Single,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Response, Ticks, Typed


def key_response(question: Question) -> Response:  # noqa: PLR0911 - one return per type
    """Return a wholly right response to a question whose numbers are drawn already."""
    match question:
        case Single() | Multiple():
            return Picks(_right(question.options))
        case TrueFalse():
            return Reasoned(int(question.verdict), _right(question.reasons)[0])
        case Bug():
            return Reasoned(question.lines[0], _right(question.reasons)[0])
        case Numeric() | Output() | Shape():
            return Typed(key_text(question))
        case Short():
            return Typed(question.accept[0])
        case Ordering():
            return Order(tuple(range(len(question.steps))))
        case Matching():
            return Match(tuple(range(len(question.pairs))))
        case Cloze():
            return Blanks(tuple(blank.accept[0] for blank in question.blanks))
        case Open():
            return Ticks(tuple(range(len(question.points))))


def key_text(question: Numeric | Output | Shape) -> str:
    """Return the typed key; PrepError while its numbers are not drawn."""
    if question.value is None:
        raise PrepError("not-drawn", question=question.id)
    return f"{question.value:.12g}" if isinstance(question.value, float) else question.value


def near_responses(question: Question) -> list[tuple[str, Response]]:
    """Return the known near misses of a typed question, each with its form."""
    match question:
        case Numeric() | Output() | Shape() | Short():
            return [(form, Typed(form)) for form in _forms(question.near)]
        case Cloze():
            key = [blank.accept[0] for blank in question.blanks]
            return [
                (form, Blanks((*key[:at], form, *key[at + 1 :])))
                for at, blank in enumerate(question.blanks)
                for form in _forms(blank.near)
            ]
        case _:
            return []


def _right(options: tuple[Option, ...]) -> tuple[int, ...]:
    return tuple(index for index, option in enumerate(options) if option.right)


def _forms(nears: tuple[Near, ...]) -> list[str]:
    return [form for near in nears for form in near.forms]
