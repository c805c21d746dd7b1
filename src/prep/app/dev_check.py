"""Check exercises as their author needs it: rules first, then every trial, then mutants."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from prep.app.dev_crew import Crew
from prep.app.dev_run import Running
from prep.bank.places import in_order
from prep.errors import EnvironmentLacksError
from prep.exercises.catalog import Shelf, known_ids
from prep.exercises.rules import check
from prep.grading.copies import scratch_folder
from prep.grading.servers import LacksLibraryError
from prep.model.dev import ExerciseCheck, Step
from prep.model.judgement import note_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date
    from pathlib import Path

_NEEDED = ("starter.py", "reference.py", "checks.py")


class Wanted(Struct, frozen=True, kw_only=True):
    """Which exercises of `root` to check (all when `names` is empty), and how."""

    root: Path
    names: Sequence[str]
    topics: Collection[str]
    today: date
    jobs: int
    mutants: bool = False


def check_exercises(wanted: Wanted) -> Iterator[Step | ExerciseCheck]:
    """Yield a step after each grading, and a check after each exercise."""
    known = known_ids(wanted.root, wanted.names)
    plans = [_Plan.made(wanted, name) for name in dict.fromkeys(wanted.names or known)]
    # Those with the same libraries follow one another, and the servers stay.
    order = list(dict.fromkeys(plan.needs for plan in plans))
    plans.sort(key=lambda plan: order.index(plan.needs))
    for needs, group in groupby(plans, key=lambda plan: plan.needs):
        yield from _group(needs, list(group), wanted)


class _Plan(Struct, frozen=True):
    shelf: Shelf | None
    found: ExerciseCheck
    needs: tuple[str, ...] = ()

    @classmethod
    def made(cls, wanted: Wanted, name: str) -> _Plan:
        """Check what needs no run."""
        folder = wanted.root / name
        exercise, findings = check(folder, topics=wanted.topics, today=wanted.today)
        draft = exercise is not None and exercise.draft
        found = ExerciseCheck(exercise=name, draft=draft, findings=tuple(findings))
        broken = any(each.code == "not-python" for each in findings)
        if exercise is None or broken or not all((folder / file).is_file() for file in _NEEDED):
            return cls(None, found)
        found = structs.replace(found, checks=tuple(each.name for each in exercise.checks))
        return cls(Shelf(exercise, folder), found, tuple(exercise.needs))


def _group(
    needs: tuple[str, ...], plans: list[_Plan], wanted: Wanted
) -> Iterator[Step | ExerciseCheck]:
    """Check exercises that need the same libraries."""
    left = list(plans)
    try:
        with Crew(needs, wanted.jobs) as crew:
            while left:
                yield from _one(left[0], crew, mutants=wanted.mutants)
                left.pop(0)
    except LacksLibraryError as error:
        lacking = error.note
    except EnvironmentLacksError as error:
        lacking = note_of(error)
    else:
        return
    for plan in left:
        yield structs.replace(plan.found, lacking=lacking if plan.shelf else None)


def _one(plan: _Plan, crew: Crew, *, mutants: bool) -> Iterator[Step | ExerciseCheck]:
    if plan.shelf is None:
        yield plan.found
        return
    began = time.monotonic()
    with scratch_folder() as folder:
        running = Running(plan.shelf, crew, folder, whole=mutants)
        yield from running.trials()
        if mutants and running.reference_passes:
            yield from running.mutants()
        yield structs.replace(
            plan.found,
            findings=tuple(in_order([*plan.found.findings, *running.findings])),
            rows=running.rows(),
            gradings=running.gradings,
            junk=running.junk,
            mutants=running.fates,
            seconds=round(time.monotonic() - began, 3),
        )
