from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.exam import Aim, aim, due_on, is_due, last_look, retention_on
from prep.model.review import Card, Memory

EXAM = date(2027, 1, 15)
DAYS = st.integers(1, 400).map(lambda left: EXAM - timedelta(days=left))


def before(days):
    return EXAM - timedelta(days=days)


def card(last, due, **values):
    return Card(question="q", meaning=1, memory=Memory(5, 5, last, due, 1, 0), **values)


def test_without_an_exam_the_base_is_asked_for():
    assert aim("q", 1, day=EXAM, base=0.85) == Aim(0.85, 36500)


@pytest.mark.parametrize("later", [0, 1, 100])
def test_from_the_exam_on_the_base_is_asked_for(later):
    assert aim("q", 1, day=EXAM + timedelta(days=later), exam=EXAM) == Aim(0.9, 36500)


@pytest.mark.parametrize(
    ("left", "retention"), [(31, 0.9), (30, 0.9), (17, 0.93), (15, 0.94), (2, 0.97), (1, 0.97)]
)
def test_retention_rises_over_the_last_thirty_days(left, retention):
    assert retention_on(before(left), EXAM) == retention


@given(DAYS, st.floats(0.7, 0.99))
def test_retention_never_falls_below_the_base_and_never_falls_as_the_exam_nears(day, base):
    today, tomorrow = (
        retention_on(day, EXAM, base),
        retention_on(day + timedelta(days=1), EXAM, base),
    )
    assert today >= base - 0.005
    assert today <= tomorrow + 0.005 or day == before(1)


@given(st.text("abcdef", min_size=1), DAYS)
def test_a_card_answered_before_its_last_look_comes_back_before_the_exam(question, day):
    look = last_look(question, 1, EXAM)
    cap = aim(question, 1, day=day, exam=EXAM).cap
    assert before(14) <= look < EXAM
    assert (day + timedelta(days=cap) == look) if (look - day).days > 3 else cap == 36500


def test_last_looks_are_spread_over_two_weeks():
    looks = Counter(last_look(f"q{n}", 1, EXAM) for n in range(1400))
    assert len(looks) == 14
    assert max(looks.values()) < 150


def test_a_card_scheduled_past_the_exam_is_brought_back():
    far, look = card(before(90), EXAM + timedelta(days=50)), last_look("q", 1, EXAM)
    assert due_on(far, before(60), EXAM) == look
    assert not is_due(far, look - timedelta(days=1), EXAM)
    assert is_due(far, look, EXAM)
    assert not is_due(far, EXAM, EXAM)


def test_a_card_seen_on_its_last_look_is_left_alone():
    seen = card(last_look("q", 1, EXAM), EXAM + timedelta(days=50))
    assert not is_due(seen, before(1), EXAM)


def test_new_and_suspended_cards_are_never_due():
    assert due_on(Card(question="q", meaning=1), EXAM) is None
    assert not is_due(card(before(90), before(80), suspended=True), EXAM)


@pytest.mark.parametrize(("earlier", "counts"), [(1, True), (3, True), (4, False)])
def test_an_answer_up_to_three_days_before_the_last_look_counts_as_it(earlier, counts):
    look = last_look("q", 1, EXAM)
    day = look - timedelta(days=earlier)
    seen = card(day, EXAM + timedelta(days=90))
    assert (due_on(seen, day, EXAM) > EXAM) == counts
    assert (aim("q", 1, day=day, exam=EXAM).cap > earlier) == counts
