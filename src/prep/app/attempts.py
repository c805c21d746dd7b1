"""New lines of the log of exercises: what the clock and the settings say at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prep.app.settings import read_settings
from prep.core.days import study_day
from prep.core.exam import aim
from prep.core.practice import MEANING, card_name
from prep.model.practice import Deed, DeedKind
from prep.model.verdict import NOT_AN_ATTEMPT

if TYPE_CHECKING:
    from prep.app.outside import Outside
    from prep.model.verdict import Report
    from prep.store.store import Store


def record(store: Store, outside: Outside, exercise: str, kind: DeedKind, **values: Any) -> Deed:  # noqa: ANN401 - the fields of a deed
    """Store a deed of this moment and return it."""
    now, offset = outside.now(), outside.offset()
    day = study_day(now, offset)
    settings = read_settings(store.settings())
    wanted = aim(card_name(exercise), MEANING, day=day, exam=settings.exam, base=settings.retention)
    deed = Deed(
        uid=outside.uid(),
        at=now,
        offset=offset,
        day=day,
        exercise=exercise,
        kind=kind,
        retention=wanted.retention,
        cap=wanted.cap,
        **values,
    )
    store.add_deed(deed)
    return deed


def record_attempt(store: Store, outside: Outside, report: Report) -> Deed | None:
    """Store a grading; None, and nothing is stored, when nothing was tried."""
    if report.verdict in NOT_AN_ATTEMPT:
        return None
    return record(
        store,
        outside,
        report.exercise,
        "attempt",
        verdict=report.verdict,
        score=round(report.score, 6),
        ran=report.ran,
        total=len(report.checks),
        seed=report.seed,
        device=report.device,
        seconds=round(report.seconds, 3),
        sha256=report.sha256,
    )
