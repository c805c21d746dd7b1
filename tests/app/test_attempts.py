"""What is stored of a grading."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from prep.app.attempts import record_attempt
from prep.model.verdict import NOT_AN_ATTEMPT, WORST_FIRST
from tests.app.conftest import attempt
from tests.making import MONDAY, report_of


def test_an_attempt_keeps_what_the_report_says(desk):
    deed = record_attempt(desk.store, desk.outside, report_of("one", "failed", "b"))
    assert desk.store.deeds() == [deed]
    assert (deed.exercise, deed.kind, deed.verdict, deed.score) == (
        "one",
        "attempt",
        "failed",
        0.75,
    )
    assert (deed.ran, deed.total, deed.seed, deed.device) == (2, 2, 7, "cpu")
    assert (deed.seconds, deed.sha256) == (1.235, "b" * 64)
    assert (deed.at, deed.day, deed.offset) == (MONDAY, date(2026, 11, 23), 0)


@pytest.mark.parametrize("verdict", WORST_FIRST)
def test_what_was_no_attempt_is_not_stored(desk, verdict):
    deed = record_attempt(desk.store, desk.outside, report_of("one", verdict))
    assert (deed is None) == (verdict in NOT_AN_ATTEMPT)
    assert desk.store.deeds() == ([] if deed is None else [deed])


def test_the_settings_of_the_moment_go_with_it(desk):
    desk.store.set_setting("retention", "0.8", at=MONDAY)
    assert (attempt(desk).retention, attempt(desk).cap) == (0.8, 36500)
    exam = (MONDAY + timedelta(days=30)).date()
    desk.store.set_setting("exam", exam.isoformat(), at=MONDAY)
    near = attempt(desk)
    assert near.retention > 0.8
    assert near.cap <= 30


def test_an_attempt_after_midnight_is_of_the_day_before(desk):
    desk.outside.at = MONDAY.replace(hour=2)
    assert attempt(desk).day == date(2026, 11, 22)


def test_a_report_without_a_hash_is_stored(desk):
    report = replace(report_of("one"), sha256="")
    assert record_attempt(desk.store, desk.outside, report).sha256 == ""
