"""The score of random answers, against judging all of them."""

from __future__ import annotations

from itertools import combinations, permutations, product

import pytest

from prep.core.guess import guess_rate
from prep.core.judge import judge
from prep.model.question import (
    Bug,
    Matching,
    Multiple,
    Ordering,
    Single,
    TrueFalse,
)
from prep.model.response import Match, Order, Picks, Reasoned
from tests.core.samples import (
    BASE,
    bug,
    cloze,
    matching,
    multiple,
    numeric,
    open_question,
    ordering,
    short,
    single,
    true_false,
    words,
)


def all_picks(question):
    """Every response that a learner could pick."""
    match question:
        case Single():
            return [Picks((at,)) for at in range(len(question.options))]
        case Multiple():
            places = range(len(question.options))
            return [Picks(pick) for k in places for pick in combinations(places, k + 1)]
        case TrueFalse():
            return [Reasoned(*pick) for pick in product((0, 1), range(len(question.reasons)))]
        case Bug():
            lines = range(1, len(question.code.splitlines()) + 1)
            return [Reasoned(*pick) for pick in product(lines, range(len(question.reasons)))]
        case Ordering():
            return [Order(order) for order in permutations(range(len(question.steps)))]
        case Matching():
            rights = range(len(question.pairs) + len(question.extra))
            return [Match(pick) for pick in permutations(rights, len(question.pairs))]


@pytest.mark.parametrize(
    "question",
    [
        single("x--"),
        single("-----x"),
        multiple("xx--"),
        multiple("x--"),
        multiple("xxxxx----"),
        multiple("xxx"),
        true_false(),
        true_false(verdict=False, rights="-x"),
        bug(),
        bug(lines=(2, 3), count=7, rights="x---"),
        ordering(3),
        ordering(5),
        ordering(6),
        ordering(4, {1: (0,), 3: (1, 2)}),
        ordering(5, {4: (0,)}),
        matching("abc", "d"),
        matching("ab", ""),
        matching("aab", "c"),
    ],
)
def test_it_is_the_mean_over_all_picks(question):
    scores = [judge(question, pick).score for pick in all_picks(question)]
    assert guess_rate(question) == pytest.approx(sum(scores) / len(scores))


def test_pairs_chosen_with_repetition_come_to_the_same():
    question = matching("abc", "d")
    scores = [judge(question, Match(pick)).score for pick in product(range(4), repeat=3)]
    assert guess_rate(question) == pytest.approx(sum(scores) / len(scores))


def test_many_steps_with_several_right_orders_are_sampled_near_the_truth():
    question = ordering(7, {at: (at - 1,) for at in range(1, 6)} | {6: (3,)})
    scores = [judge(question, pick).score for pick in all_picks(question)]
    assert guess_rate(question) == pytest.approx(sum(scores) / len(scores), abs=0.02)


def test_typed_and_open_answers_are_not_guessed():
    typed = (numeric(1.0), short("a"), cloze(("x",)), open_question())
    assert [guess_rate(question) for question in typed] == [0, 0, 0, 0]


def test_a_question_that_is_not_drawn_yet_counts_its_mistakes():
    mistakes = {"one": words("1"), "two": words("2"), "three": words("3")}
    assert guess_rate(Single(**BASE, computed="draw", mistakes=mistakes)) == 0.25
