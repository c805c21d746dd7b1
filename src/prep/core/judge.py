"""Judging an answer: one function for the twelve types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prep.core.bad_answer import BadAnswerError
from prep.core.marking.choices import (
    mark_bug,
    mark_matching,
    mark_multiple,
    mark_open,
    mark_single,
    mark_true_false,
)
from prep.core.marking.numeric import mark_numeric
from prep.core.marking.ordering import mark_ordering
from prep.core.marking.predictions import mark_output, mark_shape
from prep.core.marking.words import mark_cloze, mark_short
from prep.model.judgement import Judgement
from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Numeric,
    Open,
    Ordering,
    Output,
    Question,
    Shape,
    Short,
    Single,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Response, Ticks, Typed

_Marker = Callable[[Any, Any], Judgement]

_MARKERS: dict[type[Question], tuple[type[Response], _Marker]] = {
    Single: (Picks, mark_single),
    Multiple: (Picks, mark_multiple),
    TrueFalse: (Reasoned, mark_true_false),
    Numeric: (Typed, mark_numeric),
    Short: (Typed, mark_short),
    Ordering: (Order, mark_ordering),
    Matching: (Match, mark_matching),
    Cloze: (Blanks, mark_cloze),
    Output: (Typed, mark_output),
    Bug: (Reasoned, mark_bug),
    Shape: (Typed, mark_shape),
    Open: (Ticks, mark_open),
}


def judge(question: Question, response: Response) -> Judgement:
    """Return the score of `response`, with what there is to say about it.

    BadAnswerError where there is nothing to judge: it is to be asked for again.
    """
    expected, mark = _MARKERS[type(question)]
    if not isinstance(response, expected):
        raise BadAnswerError(
            "answer-wrong-kind", given=type(response).__name__, expected=expected.__name__
        )
    return mark(question, response)
