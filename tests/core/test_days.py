from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from prep.core.days import noon, study_day


def test_a_study_day_ends_at_four_in_the_morning():
    assert study_day(datetime(2026, 3, 2, 3, 59, tzinfo=UTC), 0) == date(2026, 3, 1)
    assert study_day(datetime(2026, 3, 2, 4, 0, tzinfo=UTC), 0) == date(2026, 3, 2)


def test_a_study_day_is_local():
    at = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)
    assert study_day(at, 8 * 60) == date(2026, 3, 2)
    assert study_day(at, -5 * 60) == date(2026, 3, 1)


def test_the_zone_of_the_instant_does_not_matter():
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 2, 3, 0, tzinfo=shanghai)
    assert study_day(at, 0) == study_day(at.astimezone(UTC), 0) == date(2026, 3, 1)


def test_another_rollover_hour_can_be_asked_for():
    assert study_day(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), 0, 0) == date(2026, 3, 2)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2190, 1, 1)))
def test_a_noon_lies_in_its_own_study_day_and_noons_are_whole_days_apart(day):
    assert study_day(noon(day), 0) == day
    assert noon(day + timedelta(days=1)) - noon(day) == timedelta(days=1)
