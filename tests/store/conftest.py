"""Stores under pytest's temporary folders, and builders of log entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from prep.core.days import study_day
from prep.model.review import LogEntry
from prep.store import Store

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def make_entry():
    """Return a builder: `days` after 2026-03-01 09:00 UTC, a new uid each time."""
    numbers = count()

    def make(kind="learn", days=0.0, *, uid=None, score=1.0, question="q", **values):
        at = START + timedelta(days=days)
        facts = {"day": study_day(at, 0), "revision": 1, "meaning": 1, "seed": 1, **values}
        uid = uid or f"u{next(numbers):06}"
        return LogEntry(
            uid=uid, at=at, offset=0, question=question, kind=kind, score=score, **facts
        )

    return make


@pytest.fixture
def path(tmp_path):
    """Return where a store may be made."""
    return tmp_path / "progress.sqlite3"


@pytest.fixture
def store(path):
    """Return an empty store."""
    with Store.open(path) as opened:
        yield opened
