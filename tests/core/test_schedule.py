"""The golden numbers are those of the fsrs package, without fuzz."""

import sys
import time
from datetime import date, timedelta

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prep.core.schedule as schedule_module
from prep.core.schedule import is_leech_lapse, preview, recall, step
from prep.model.review import Memory, Rating

DAY = date(2026, 3, 1)
A, H, G, E = Rating
MEMORIES = st.builds(
    lambda s, d, waited: Memory(s, d, DAY, DAY + timedelta(days=waited), 5, 1),
    st.floats(0.1, 3000),
    st.floats(1, 10),
    st.integers(1, 3000),
)


@pytest.fixture
def unfuzzed(monkeypatch):
    def plain(interval, *, key, reps, cap):
        return max(1, min(interval, cap))

    monkeypatch.setattr(schedule_module, "fuzzed", plain)


def one(memory, rating, day, retention=0.9, cap=36500, key=1):
    return step(memory, rating, day, retention=retention, cap=cap, key=key)


def intervals(ratings, retention=0.9):
    memory, day, found = None, DAY, []
    for rating in ratings:
        memory = one(memory, rating, day, retention)
        found.append((memory.due - day).days)
        day = memory.due
    return found


@pytest.mark.parametrize(
    ("ratings", "retention", "expected"),
    [
        ([G] * 8, 0.90, [2, 11, 46, 163, 497, 1346, 3292, 7398]),
        ([G] * 3, 0.80, [8, 75, 521]),
        ([G] * 7, 0.95, [1, 3, 8, 19, 43, 89, 175]),
        ([G] * 7, 0.97, [1, 2, 4, 7, 13, 22, 36]),
        ([H] * 6, 0.90, [1, 3, 7, 12, 18, 25]),
        ([G, G, G, A, G, G, G], 0.90, [2, 11, 46, 3, 8, 19, 42]),
        ([A, G, G, G, G, G], 0.90, [1, 2, 6, 17, 44, 102]),
    ],
)
@pytest.mark.usefixtures("unfuzzed")
def test_golden_intervals(ratings, retention, expected):
    assert intervals(ratings, retention) == expected


@pytest.mark.parametrize(
    ("rating", "days", "stability", "difficulty"),
    [(A, 1, 0.212, 6.4133), (H, 1, 1.2931, 5.1122), (G, 2, 2.3065, 2.1181), (E, 8, 8.2956, 1.0)],
)
@pytest.mark.usefixtures("unfuzzed")
def test_golden_first_answers(rating, days, stability, difficulty):
    memory = one(None, rating, DAY)
    assert (memory.due - DAY).days == days
    assert (memory.stability, memory.difficulty) == pytest.approx((stability, difficulty), abs=1e-4)


@pytest.mark.parametrize(("days", "stability"), [(1, 7.32), (2, 10.96), (3, 13.83)])
def test_elapsed_time_is_counted_in_study_days(days, stability):
    first = one(None, G, DAY)
    second = one(first, G, DAY + timedelta(days=days))
    assert second.stability == pytest.approx(stability, abs=0.01)


def test_a_day_before_the_last_answer_counts_as_that_day():
    first = one(None, G, DAY)
    same, back = one(first, G, DAY), one(first, G, DAY - timedelta(days=400))
    assert back == same
    assert back.last == DAY


@given(MEMORIES, st.sampled_from(Rating), st.integers(0, 4000), st.integers(1, 36500))
def test_a_card_is_due_in_one_day_or_more_and_within_the_cap(memory, rating, elapsed, cap):
    day = DAY + timedelta(days=elapsed)
    assert 1 <= (one(memory, rating, day, cap=cap).due - day).days <= cap


@given(st.floats(3, 3000))
def test_at_nine_tenths_the_interval_is_about_the_stability(stability):
    card = fsrs.Scheduler(learning_steps=(), enable_fuzzing=False)._next_interval(
        stability=stability
    )
    assert card == pytest.approx(stability, abs=0.5 + 1e-6)


@given(MEMORIES, st.sampled_from(Rating), st.floats(0.7, 0.96), st.floats(0.005, 0.03))
@settings(max_examples=60)
def test_a_higher_retention_never_gives_a_longer_interval(memory, rating, low, more):
    lower, higher = (
        one(memory, rating, memory.due, retention=retention, key=5)
        for retention in (low, low + more)
    )
    # With the same key and repetition both take the same place in their ranges.
    assert higher.due <= lower.due
    assert higher.stability == lower.stability


@given(MEMORIES, st.integers(0, 4000))
def test_again_never_makes_a_memory_more_stable(memory, elapsed):
    after = one(memory, A, DAY + timedelta(days=elapsed))
    assert after.stability <= memory.stability
    assert after.lapses == memory.lapses + 1


@given(MEMORIES, st.integers(1, 4000))
def test_better_ratings_come_back_later(memory, elapsed):
    seen = preview(memory, DAY + timedelta(days=elapsed), retention=0.9, cap=36500, key=3)
    dues = [seen[rating].due for rating in Rating]
    assert dues == sorted(dues)


def test_the_preview_is_what_happens():
    memory = one(one(None, G, DAY), G, DAY + timedelta(days=2))
    day = memory.due
    seen = preview(memory, day, retention=0.9, cap=36500, key=9)
    assert seen == {rating: one(memory, rating, day, key=9) for rating in Rating}


def test_a_first_wrong_answer_is_no_lapse():
    assert one(None, A, DAY).lapses == 0


@pytest.mark.parametrize("retention", [-1.0, 0.0, 1.0, 1.5])
def test_a_senseless_retention_does_no_harm(retention):
    assert one(None, G, DAY, retention=retention).due > DAY


def test_leeches_are_remarked_on_at_eight_lapses_and_every_four():
    assert [n for n in range(25) if is_leech_lapse(n)] == [8, 12, 16, 20, 24]


def test_a_step_asks_neither_clock_nor_sleep_nor_chance(monkeypatch):
    def refuse(*_):
        pytest.fail("the outside world was asked")

    monkeypatch.setattr(time, "sleep", refuse)
    monkeypatch.setattr(sys.modules["fsrs.scheduler"], "random", refuse)
    monkeypatch.setattr(sys.modules["fsrs.card"], "datetime", None)
    assert recall(one(one(None, G, DAY), G, DAY + timedelta(days=2)), DAY) == 1.0
