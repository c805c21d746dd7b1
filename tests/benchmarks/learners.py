"""Simulated learners, whose memory is not FSRS, study for an exam with several schedulers.

`python tests/benchmarks/learners.py` prints the tables of docs/scheduling.md; `--write`
puts them there; `--quick` plays a small course. The same code gives the same tables.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # as a script, Python puts only this folder there

from tests.benchmarks.learners_table import Curve, Point, Results, rendered  # noqa: E402
from tests.benchmarks.memories import MODELS, Brain, Flags, Floats, Items  # noqa: E402
from tests.benchmarks.schedulers import (  # noqa: E402
    Course,
    Expanding,
    LastWeeks,
    Leitner,
    PlainFsrs,
    Prep,
    RandomOrder,
    Scheduler,
    Sm2,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PAGE = ROOT / "docs" / "scheduling.md"
BEGIN, END = "<!-- learners: begin -->", "<!-- learners: end -->"
SEED = 20261122
LEARNERS = 6
QUICK = Course(items=30, days=60, new=5)
RETENTIONS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97)
# Prep's knobs go as far as its own setting; the others' until recall is well over and
# well under 0.9.
SCHEDULERS: dict[str, tuple[Callable[[Course, float], Scheduler], tuple[float, ...]]] = {
    "prep": (Prep, RETENTIONS),
    "FSRS, no exam date": (PlainFsrs, RETENTIONS),
    "SM-2": (Sm2, (0.125, 0.25, 0.4, 0.6, 0.8, 1, 1.4, 2, 3, 4.5)),
    "Leitner": (Leitner, (0.5, 1, 2, 3, 4, 6, 8, 12, 16)),
    "expanding": (Expanding, (0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2)),
    "random order": (RandomOrder, (1, 2, 4, 6, 9, 13, 18, 25, 35)),
    "last weeks only": (LastWeeks, (2, 4, 7, 10, 14, 20, 28, 40)),
}


@dataclass(frozen=True)
class Learner:
    """Habits and luck of a learner: the same whichever scheduler is used.

    `known` is the share of questions known beforehand, `guess` the chance that a wrong
    answer happens to be right. `draws` and `lucky` decide each question's n-th answer.
    """

    course: Course
    model: str
    seed: tuple[int, ...]
    away: Flags
    budget: int
    known: float
    guess: float
    draws: Floats
    lucky: Floats

    def brain(self) -> Brain:
        """Return this learner's memory before the course."""
        return MODELS[self.model](np.random.default_rng((*self.seed, 0)), self.course.items)


def learner(course: Course, model: str, number: int) -> Learner:
    """Return a learner: some days missed, one week of holiday, a budget of answers a day."""
    seed = (SEED, list(MODELS).index(model), number)
    rng = np.random.default_rng((*seed, 1))
    away = rng.random(course.days) < rng.uniform(0.03, 0.2)
    holiday = int(rng.integers(0, course.days - 7))
    away[holiday : holiday + 7] = True
    return Learner(
        course=course,
        model=model,
        seed=seed,
        away=away,
        budget=int(rng.integers(40, 81)),
        known=float(rng.uniform(0.1, 0.4)),
        guess=float(rng.uniform(0.02, 0.12)),
        draws=rng.random((course.items, course.days)),
        lucky=rng.random((course.items, course.days)),
    )


def study(who: Learner, scheduler: Scheduler, brain: Brain) -> Point:
    """Play the course: reviews first, then new questions, within the day's budget.

    The recall over the year is sampled weekly, without the first tenth of the course.
    """
    course = who.course
    everything = np.arange(course.items)
    seen = np.zeros(course.items, dtype=np.int64)
    year: list[float] = []
    for day in range(course.days):
        if not who.away[day]:
            _day(who, scheduler, brain, day=day, seen=seen)
        if day % 7 == 0 and day > course.days // 10:
            year.append(float(brain.recall(everything, day).mean()))
    exam = float(brain.recall(everything, course.days).mean())
    return Point(float(seen.sum()) / course.items, exam, float(np.mean(year)))


def _day(who: Learner, scheduler: Scheduler, brain: Brain, *, day: int, seen: Items) -> None:
    reviews = scheduler.due(day)[: who.budget]
    new = np.flatnonzero(seen == 0)[: min(who.course.new, who.budget - reviews.size)]
    asked = np.concatenate([reviews, new])
    chance = np.where(seen[asked] > 0, brain.recall(asked, day), who.known)
    recalled = who.draws[asked, seen[asked]] < chance
    right = recalled | (who.lucky[asked, seen[asked]] < who.guess)
    brain.study(asked, day, recalled)
    seen[asked] += 1
    for item, well in zip(asked.tolist(), right.tolist(), strict=True):
        scheduler.answered(item, day, right=well)


def curve(who: Learner, name: str) -> Curve:
    """Return what the learner reaches with a scheduler at each of its settings."""
    make, knobs = SCHEDULERS[name]
    points = tuple(study(who, make(who.course, knob), who.brain()) for knob in knobs)
    return Curve(knobs, points)


def results(course: Course, number: int) -> Results:
    """Return the curves of `number` learners of each model, by model and scheduler."""
    return {
        model: {
            name: [curve(learner(course, model, n), name) for n in range(number)]
            for name in SCHEDULERS
        }
        for model in MODELS
    }


def written(page: str, tables: str) -> str:
    """Return the page with what stands between its two marks replaced."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        message = f"the page lacks the marks {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="30 questions, 60 days")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.name}")
    options = parser.parse_args(None if arguments is None else list(arguments))
    course, number = (QUICK, 2) if options.quick else (Course(), LEARNERS)
    tables = rendered(results(course, number))
    if options.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), tables), "utf-8")
    sys.stdout.write(tables + "\n")


if __name__ == "__main__":
    main()
