"""Marks for picks."""

from __future__ import annotations

import pytest

from prep.core.bad_answer import BadAnswerError
from prep.core.judge import judge
from prep.model.response import Match, Picks, Reasoned, Ticks
from tests.core.samples import bug, matching, multiple, open_question, single, true_false


def test_single_is_all_or_nothing():
    assert judge(single("x--"), Picks((0,))).score == 1
    assert judge(single("x--"), Picks((1,))).score == 0


@pytest.mark.parametrize(
    ("picks", "score"),
    [
        ((0, 1), 1),
        ((1, 0), 1),
        ((0,), 0.5),
        ((0, 1, 2), 0.5),
        ((0, 2), 0),
        ((2, 3), 0),
        ((0, 1, 2, 3), 0),
    ],
)
def test_multiple_sets_wrong_picks_off_against_hits(picks, score):
    assert judge(multiple("xx--"), Picks(picks)).score == score


@pytest.mark.parametrize(
    ("claim", "reason", "score"), [(1, 0, 1), (1, 1, 0.5), (0, 0, 0), (0, 1, 0)]
)
def test_a_reason_counts_under_the_right_verdict_only(claim, reason, score):
    judgement = judge(true_false(verdict=True), Reasoned(claim, reason))
    assert judgement.score == score
    assert judgement.parts == (claim == 1, score == 1)


@pytest.mark.parametrize(
    ("line", "reason", "score"), [(2, 0, 1), (3, 0, 1), (3, 1, 0.5), (1, 0, 0)]
)
def test_a_bug_is_its_line_and_its_reason(line, reason, score):
    assert judge(bug(lines=(2, 3)), Reasoned(line, reason)).score == score


def test_matching_is_the_share_of_right_pairs():
    judgement = judge(matching("abc", "d"), Match((0, 3, 2)))
    assert judgement.score == pytest.approx(2 / 3)
    assert judgement.parts == (True, False, True)


def test_right_sides_that_read_the_same_are_one():
    assert judge(matching("aab"), Match((1, 0, 2))).right


def test_open_counts_the_points_that_must_be_there():
    assert judge(open_question("mm-"), Ticks((0, 1))).right
    assert judge(open_question("mm-"), Ticks((0, 2))).score == 0.5
    assert judge(open_question("mm-"), Ticks(())).score == 0


def test_open_without_musts_counts_all_points():
    assert judge(open_question("--"), Ticks((1,))).score == 0.5


@pytest.mark.parametrize(
    ("question", "response", "code"),
    [
        (single(), Picks(()), "answer-empty"),
        (single(), Picks((0, 1)), "answer-one-pick"),
        (single(), Picks((-1,)), "answer-out-of-range"),
        (multiple(), Picks(()), "answer-empty"),
        (multiple(), Picks((0, 0)), "answer-repeats"),
        (multiple(), Picks((4,)), "answer-out-of-range"),
        (true_false(), Reasoned(2, 0), "answer-out-of-range"),
        (true_false(), Reasoned(0, 3), "answer-out-of-range"),
        (bug(), Reasoned(0, 0), "answer-no-such-line"),
        (bug(), Reasoned(5, 0), "answer-no-such-line"),
        (matching(), Match((0, 1)), "answer-wrong-length"),
        (matching(), Match((0, 1, 4)), "answer-out-of-range"),
        (open_question(), Ticks((0, 0)), "answer-repeats"),
        (open_question(), Ticks((3,)), "answer-out-of-range"),
    ],
)
def test_what_points_at_nothing_is_asked_for_again(question, response, code):
    with pytest.raises(BadAnswerError) as caught:
        judge(question, response)
    assert caught.value.code == code
