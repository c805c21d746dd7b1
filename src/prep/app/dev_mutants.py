"""Which mutants of a reference no check notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from prep.app.dev_grade import Spoilt
from prep.exercises.trials import SEEDS
from prep.model.dev import MutantFate
from prep.model.verdict import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prep.app.dev_grade import Desk
    from prep.exercises.mutants import Mutant
    from prep.grading.servers import Bench

# A mutant that loops for ever is ended after this multiple of the reference's slowest check.
_PATIENCE = 10
_LEAST_PATIENCE = 5.0


def hunt(mutants: list[Mutant], desk: Desk, folder: Path) -> list[Callable[[Bench], MutantFate]]:
    """Return the tasks that grade the mutants; each ends with the first check that notices."""
    reasons = {mark.mutant: mark.reason for mark in desk.shelf.exercise.equivalent}
    tasks = []
    for number, mutant in enumerate(mutants):
        file = folder / f"mutant{number}.py"
        file.write_text(mutant.text, encoding="utf-8")
        tasks.append(_task(mutant, file, desk, reasons.get(mutant.name, "")))
    return tasks


def _task(mutant: Mutant, file: Path, desk: Desk, reason: str) -> Callable[[Bench], MutantFate]:
    fate = MutantFate(mutant.name, mutant.line, mutant.removed, mutant.added, reason=reason)

    def run(bench: Bench) -> MutantFate:
        for seed in SEEDS[:1] if reason else SEEDS:
            killer = _killer(mutant.scope, file, seed, desk, bench)
            if killer:
                return structs.replace(fate, killed_by=killer)
        return fate

    return run


def _killer(scope: str, file: Path, seed: int, desk: Desk, bench: Bench) -> str:
    patience = max(_LEAST_PATIENCE, _PATIENCE * desk.habits.slowest)
    what = Spoilt(f"mutant {scope}", scope.partition(".")[0])
    result = desk.notice(file, seed, bench, what, call_seconds=patience)
    if isinstance(result, CheckResult):
        return result.name
    return "" if result.verdict == "passed" else result.verdict
