"""What the log, the cards and the bank come to together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from prep.app.settings import Settings
from prep.app.stats import stats
from prep.bank.opening import open_index
from prep.core.days import study_day
from prep.model.review import LogEntry
from prep.model.statistics import Streak
from prep.store.store import Store

TWELVE = Path(__file__).parents[1] / "banks" / "twelve"
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
TODAY = date(2026, 11, 10)
EXAM = Settings(exam=TODAY + timedelta(days=60), new=3)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    found, findings = open_index(TWELVE, tmp_path_factory.mktemp("cache"))
    assert findings == []
    return found


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "progress.sqlite3") as opened:
        yield opened


@pytest.fixture
def record(store):
    """Return a function that stores an entry of a day from 2026-11-01 on."""
    numbers = count()

    def add(question, days=0.0, *, kind="learn", score=1.0, **values):
        number = next(numbers)
        at = START + timedelta(days=days, seconds=number)
        facts = {"day": study_day(at, 0), "revision": 1, "meaning": 1, "seed": 1, **values}
        entry = LogEntry(
            uid=f"u{number:03}", at=at, offset=0, question=question, kind=kind, score=score, **facts
        )
        return store.record(entry)[0]

    return add


def test_without_answers_there_are_zeros(index, store):
    found = stats(index, store, Settings(), TODAY)
    assert (found.answers, found.seen, found.questions) == (0, 0, 12)
    assert (found.days, found.streak, found.calibration) == ({}, Streak(0, 0), None)
    assert (found.topics, found.levels, found.weakest, found.exam) == ((), (), (), None)
    assert found.forecast == (0,) * 30


def test_answers_are_counted_by_study_day(index, store, record):
    for question, day in (("a-single", 7), ("a-single", 8), ("b-multiple", 8), ("a-single", 9)):
        record(question, day)
    found = stats(index, store, Settings(), TODAY)
    assert (found.answers, found.seen) == (4, 2)
    assert list(found.days.values()) == [1, 2, 1]
    assert found.streak == Streak(3, 3)


def test_what_was_taken_back_is_not_counted(index, store, record):
    gone = record("a-single")
    record("a-single", kind="undo", target=gone.uid)
    found = stats(index, store, Settings(), TODAY)
    assert (found.answers, found.seen, found.topics) == (0, 0, ())


def test_reviews_are_compared_with_their_prediction(index, store, record):
    record("a-single")
    record("a-single", 3, score=0.0)
    found = stats(index, store, Settings(), TODAY).calibration
    assert (found.count, found.observed) == (1, 0.0)
    assert 0.5 < found.predicted < 1


def test_groups_have_the_names_of_the_bank(index, store, record):
    for day in range(3):
        for question in ("a-single", "e-short", "d-numeric"):
            record(question, day, score=float(question != "e-short"))
    found = stats(index, store, Settings(), TODAY)
    (topic,) = found.topics
    assert (topic.id, topic.name) == ("basics", index.head.topics["basics"])
    assert [(level.id, level.name) for level in found.levels] == [("1", None), ("3", None)]
    (weak,) = found.weakest
    assert (weak.id, weak.topic, weak.mastery.answers) == ("attention", "basics", 6)
    assert weak.name == index.head.tags["basics"]["attention"]


def test_what_the_bank_no_longer_has_is_left_out(index, store, record):
    for values in ({"question": "gone"}, {"question": "a-single", "meaning": 2}):
        record(**values)
    found = stats(index, store, EXAM, TODAY)
    assert (found.answers, found.seen, sum(found.forecast)) == (2, 0, 0)
    assert (found.topics, found.exam.unseen) == ((), 12)


def test_due_reviews_suspended_and_leeches_are_counted(index, store, record):
    for day in range(9):
        record("a-single", day, score=0.0)
    record("b-multiple", 8)
    record("c-true-false", 8)
    record("c-true-false", 8, kind="suspend")
    found = stats(index, store, Settings(), TODAY)
    assert (sum(found.forecast), found.suspended, found.leeches) == (2, 1, 1)
    assert found.forecast[0] == 1


def test_an_exam_date_is_planned(index, store, record):
    record("a-single", 8)
    record("b-multiple", 8, kind="suspend")
    exam = stats(index, store, EXAM, TODAY).exam
    assert (len(exam.load.days), exam.unseen, exam.new) == (60, 10, 3)
    assert (exam.base, exam.wanted, exam.highest) == (0.9, 0.9, 0.97)
    assert (exam.rises, exam.looks) == (date(2026, 12, 10), date(2026, 12, 26))
    assert exam.load.average > 0


@pytest.mark.parametrize("days", [0, -5])
def test_a_passed_exam_is_no_exam(index, store, days):
    passed = Settings(exam=TODAY + timedelta(days=days))
    assert stats(index, store, passed, TODAY).exam is None


def test_a_retention_over_that_of_the_eve_stays(index, store):
    high = Settings(exam=EXAM.exam, retention=0.97)
    exam = stats(index, store, high, TODAY).exam
    assert exam.base == exam.wanted == exam.highest == 0.97
