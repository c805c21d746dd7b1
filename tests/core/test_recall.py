from datetime import date, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.days import noon
from prep.core.recall import recall
from prep.model.review import Memory

DAY = date(2026, 3, 1)


def memory(stability):
    return Memory(stability, 5.0, last=DAY, due=DAY, reps=1, lapses=0)


@given(st.floats(0.001, 36_500), st.integers(-10, 36_500))
def test_the_curve_is_that_of_the_package(stability, elapsed):
    day = DAY + timedelta(days=elapsed)
    card = fsrs.Card(card_id=1, stability=stability, difficulty=5.0, last_review=noon(DAY))
    expected = fsrs.Scheduler().get_card_retrievability(card, noon(day))
    assert recall(memory(stability), day) == pytest.approx(expected)


def test_recall_is_nine_tenths_after_as_many_days_as_the_stability():
    assert recall(memory(30.0), DAY + timedelta(days=30)) == pytest.approx(0.9)


def test_recall_is_certain_on_the_day_of_the_answer_and_before():
    assert recall(memory(3.0), DAY) == 1.0
    assert recall(memory(3.0), DAY - timedelta(days=2)) == 1.0
