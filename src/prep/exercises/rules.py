"""What must hold of an exercise's folder before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.bank.places import in_order
from prep.exercises.opened import open_folder
from prep.exercises.rules_checks import check_checks
from prep.exercises.rules_code import check_code
from prep.exercises.rules_folder import check_folder
from prep.exercises.rules_samples import check_samples
from prep.exercises.rules_tasks import check_tasks
from prep.exercises.rules_texts import check_texts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

    from prep.model.exercise import Exercise
    from prep.model.finding import Finding


def check(
    folder: Path, *, topics: Collection[str], today: date
) -> tuple[Exercise | None, list[Finding]]:
    """Return the exercise, None when it cannot be read, and every finding that needs no run."""
    opened, findings = open_folder(folder)
    if opened is None:
        return None, list(findings)
    for rule in (check_folder, check_tasks, check_code, check_checks, check_samples):
        findings += rule(opened)
    findings += check_texts(opened, topics=topics, today=today)
    return opened.exercise, in_order(findings)
