from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.fuzz import bounds, card_key, fraction, fuzzed

KEYS = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize("interval", [1, 2])
def test_intervals_under_three_days_are_left_alone(interval):
    assert {fuzzed(interval, key=key, reps=1, cap=100) for key in range(50)} == {interval}


@pytest.mark.parametrize(
    ("interval", "expected"),
    [(3, (2, 4)), (7, (5, 9)), (10, (8, 12)), (20, (17, 23)), (100, (93, 107))],
)
def test_the_ranges_are_those_of_anki(interval, expected):
    assert bounds(interval, 36500) == expected


@given(st.integers(-5, 40_000), st.integers(-3, 36_500), KEYS, st.integers(1, 500))
def test_an_interval_is_never_under_a_day_or_over_the_cap(interval, cap, key, reps):
    assert 1 <= fuzzed(interval, key=key, reps=reps, cap=cap) <= max(1, cap)


def test_all_days_of_a_range_are_about_equally_likely():
    chosen = Counter(fuzzed(10, key=key, reps=3, cap=100) for key in range(5000))
    assert set(chosen) == {8, 9, 10, 11, 12}
    assert all(900 < times < 1100 for times in chosen.values())


def test_the_same_card_and_repetition_give_the_same_day():
    assert fuzzed(50, key=7, reps=3, cap=100) == fuzzed(50, key=7, reps=3, cap=100)
    assert len({fuzzed(50, key=7, reps=reps, cap=100) for reps in range(20)}) > 3


def test_keys_and_fractions_never_change_between_versions():
    assert card_key("kv-cache-size", 1) == 7433800975915423097
    assert fraction(1, 1) == 0.5623181634912586


@given(st.text(max_size=30), st.integers(1, 9))
def test_a_key_fits_a_signed_integer(question, meaning):
    assert 0 <= card_key(question, meaning) < 2**63


@given(st.integers(3, 400), st.integers(0, 99))
def test_an_interval_that_the_cap_cuts_off_is_not_moved(cap, reps):
    assert fuzzed(cap, key=7, reps=reps, cap=cap) == cap
    assert fuzzed(cap + 50, key=7, reps=reps, cap=cap) == cap
