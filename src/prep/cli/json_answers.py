"""Answers as JSON values, with the numbers of the screen, to responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prep.errors import UsageError
from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Open,
    Ordering,
    Question,
    Single,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Response, Ticks, Typed

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_answer(question: Question, order: tuple[int, ...], answer: Any) -> Response:  # noqa: ANN401, PLR0911
    """Return the response that `answer` means; UsageError says which form is expected."""
    match question:
        case Single():
            return Picks((_at(order, _number(answer, "json-one-number")),))
        case Multiple():
            return Picks(_all(order, answer))
        case TrueFalse():
            claim, reason = _claimed(answer, "json-true-false")
            if not isinstance(claim, bool):
                raise UsageError("json-true-false")
            return Reasoned(int(claim), _at(order, reason))
        case Bug():
            claim, reason = _claimed(answer, "json-bug")
            return Reasoned(_number(claim, "json-bug"), _at(order, reason))
        case Ordering():
            return Order(_all(order, answer))
        case Matching():
            return Match(_all(order, answer))
        case Cloze():
            return Blanks(_texts(answer))
        case Open():
            count = len(question.points)
            return Ticks(_all(tuple(range(count)), answer))
        case _:
            return Typed(_text(answer))


def _claimed(answer: Any, code: str) -> tuple[Any, int]:  # noqa: ANN401
    if not isinstance(answer, dict) or set(answer) != {"claim", "reason"}:
        raise UsageError(code)
    return answer["claim"], _number(answer["reason"], code)


def _all(order: Sequence[int], answer: Any) -> tuple[int, ...]:  # noqa: ANN401
    if not isinstance(answer, list):
        raise UsageError("json-numbers")
    return tuple(_at(order, _number(item, "json-numbers")) for item in answer)


def _at(order: Sequence[int], number: int) -> int:
    if not 1 <= number <= len(order):
        raise UsageError("json-range", got=number, count=len(order))
    return order[number - 1]


def _number(value: Any, code: str) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(code)
    return value


def _texts(answer: Any) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise UsageError("json-texts")
    return tuple(answer)


def _text(answer: Any) -> str:  # noqa: ANN401
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return repr(answer)
    if not isinstance(answer, str):
        raise UsageError("json-text")
    return answer
