"""Study days: local days that roll over at four in the morning.

Whoever studies past midnight is still in the same day, as in Anki.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

ROLLOVER_HOUR = 4
NOON = time(12, tzinfo=UTC)


def study_day(at_utc: datetime, offset_minutes: int, rollover_hour: int = ROLLOVER_HOUR) -> date:
    """Return the study day of an instant, seen from a zone `offset_minutes` east of UTC."""
    shift = timedelta(minutes=offset_minutes) - timedelta(hours=rollover_hour)
    return (at_utc.astimezone(UTC) + shift).date()


def noon(day: date) -> datetime:
    """Return the instant that stands for `day` in FSRS, which floors to periods of 24 hours.

    With true times, coming an hour early on the next day would count as the same day
    and lose 42 % of the gain in stability.
    """
    return datetime.combine(day, NOON)
