"""Marks for ordering."""

from __future__ import annotations

import pytest

from prep.core.bad_answer import BadAnswerError
from prep.core.judge import judge
from prep.model.response import Order
from tests.core.samples import ordering


@pytest.mark.parametrize(
    ("order", "score"),
    [
        ((0, 1, 2, 3), 1),
        ((1, 0, 2, 3), 2 / 3),
        ((3, 0, 1, 2), 2 / 3),
        ((1, 0, 3, 2), 1 / 3),
        ((3, 2, 1, 0), 0),
    ],
)
def test_the_score_is_what_stands_in_order_less_one(order, score):
    assert judge(ordering(4), Order(order)).score == pytest.approx(score)


def test_one_step_out_of_place_is_the_one_marked_wrong():
    assert judge(ordering(4), Order((3, 0, 1, 2))).parts == (True, True, True, False)


def test_where_several_orders_are_right_each_of_them_is():
    question = ordering(4, {3: (1, 2), 1: (0,), 2: (0,)})
    assert judge(question, Order((0, 1, 2, 3))).right
    assert judge(question, Order((0, 2, 1, 3))).right
    assert judge(question, Order((1, 0, 2, 3))).score == pytest.approx(2 / 3)


def test_a_constraint_holds_through_a_step_between():
    question = ordering(3, {1: (0,), 2: (1,)})
    assert judge(question, Order((2, 1, 0))).score == 0


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ((), "answer-empty"),
        ((0, 1), "answer-wrong-length"),
        ((0, 1, 2, 2), "answer-repeats"),
        ((0, 1, 2, 4), "answer-out-of-range"),
    ],
)
def test_what_is_no_order_of_the_steps_is_asked_for_again(order, code):
    with pytest.raises(BadAnswerError) as caught:
        judge(ordering(4), Order(order))
    assert caught.value.code == code
