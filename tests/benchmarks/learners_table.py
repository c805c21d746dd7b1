"""From the curves of simulated learners to the tables of docs/scheduling.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GOAL = 0.9
# Points between two settings of a knob.
STEPS = 50
OURS = "prep"
# What each is when nobody tunes it; random order and last weeks have no such setting.
SHIPPED = {OURS: 0.9, "FSRS, no exam date": 0.9, "SM-2": 1, "Leitner": 1, "expanding": 1}


@dataclass(frozen=True)
class Point:
    """What a setting costs and brings: answers per question, true recall."""

    answers: float
    exam: float
    year: float


@dataclass(frozen=True)
class Curve:
    """A learner with a scheduler: a point for each knob, straight lines between them.

    More answers need not mean more recall: intervals that are too long cost failures.
    """

    knobs: tuple[float, ...]
    points: tuple[Point, ...]

    def needed(self) -> Point | None:
        """Return where the goal is reached with the fewest answers, if anywhere."""
        fitting = [point for point in self._path() if point.exam >= GOAL]
        return min(fitting, key=lambda point: point.answers, default=None)

    def best(self, answers: float) -> float:
        """Return the highest recall at the exam that costs at most so many answers.

        A scheduler whose cheapest setting costs more is given the recall of that.
        """
        cheapest = min(point.answers for point in self.points)
        limit = max(answers, cheapest)
        return max(point.exam for point in self._path() if point.answers <= limit)

    def at_its_end(self) -> bool:
        """Return whether an end of the knob's range still reaches the goal at least cost."""
        needed = self.needed()
        return needed is not None and needed in {self.points[0], self.points[-1]}

    def shipped(self, name: str) -> Point:
        """Return the point of the setting that nobody tuned."""
        return self.points[self.knobs.index(SHIPPED[name])]

    def _path(self) -> list[Point]:
        values = np.array([(point.answers, point.exam, point.year) for point in self.points])
        at = np.linspace(0, len(values) - 1, (len(values) - 1) * STEPS + 1)
        columns = [np.interp(at, np.arange(len(values)), column) for column in values.T]
        return [Point(*map(float, row)) for row in zip(*columns, strict=True)]


Results = dict[str, dict[str, list[Curve]]]


def rendered(results: Results) -> str:
    """Return all tables and what they come to."""
    parts = [f"### {model.capitalize()} memory\n\n{_tuned(by)}" for model, by in results.items()]
    return "\n\n".join(
        [*parts, f"### Untuned\n\n{_untuned(results)}", f"### Verdict\n\n{_verdict(results)}"]
    )


def ratios(by: dict[str, list[Curve]], name: str) -> list[float]:
    """Return, for learners who reach the goal with both, the scheduler's answers over ours."""
    pairs = [(a.needed(), b.needed()) for a, b in zip(by[name], by[OURS], strict=True)]
    return [theirs.answers / ours.answers for theirs, ours in pairs if theirs and ours]


def gains(by: dict[str, list[Curve]], name: str) -> list[float]:
    """Return by how much its best recall differs from ours, at the cost of ours untuned."""
    costs = [curve.shipped(OURS).answers for curve in by[OURS]]
    return [
        theirs.best(cost) - ours.best(cost)
        for theirs, ours, cost in zip(by[name], by[OURS], costs, strict=True)
    ]


def _tuned(by: dict[str, list[Curve]]) -> str:
    first = ("Scheduler", "Reached 90 %", "Answers per question for it", "× prep")
    titles = (*first, "Recall at equal cost", "Recall over the year")
    head = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    return "\n".join(head + [_tuned_row(by, name) for name in by])


def _tuned_row(by: dict[str, list[Curve]], name: str) -> str:
    curves = by[name]
    needed = [point for curve in curves if (point := curve.needed())]
    ended = sum(curve.at_its_end() for curve in curves)
    pairs = zip(curves, by[OURS], strict=True)
    equal = [curve.best(ours.shipped(OURS).answers) for curve, ours in pairs]
    cells = (
        name,
        f"{len(needed)} of {len(curves)}" + (f" ({ended} at its end)" if ended else ""),
        _spread([point.answers for point in needed], ".1f"),
        _spread(ratios(by, name), ".2f"),
        _spread(equal, ".3f"),
        _spread([point.year for point in needed], ".2f"),
    )
    return f"| {' | '.join(cells)} |"


def _untuned(results: Results) -> str:
    rows = [
        "| Memory | Scheduler | Answers per question | Recall at the exam | Recall over the year |",
        "|---|---|---|---|---|",
    ]
    for model, by in results.items():
        for name in SHIPPED:
            points = [curve.shipped(name) for curve in by[name]]
            cells = (
                _spread([point.answers for point in points], ".1f"),
                _spread([point.exam for point in points], ".3f"),
                _spread([point.year for point in points], ".2f"),
            )
            rows.append(f"| {model} | {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _verdict(results: Results) -> str:
    return "\n".join(f"- {_judged(model, by)}" for model, by in results.items())


def _judged(model: str, by: dict[str, list[Curve]]) -> str:
    fewer = _list(by, ratios, lambda mean: mean < 1, lambda mean: f"× {mean:.2f}")
    higher = _list(by, gains, lambda mean: mean > 0, lambda mean: f"+{mean:.3f}")
    return (
        f"**{model.capitalize()}.** Fewer answers than prep for 90 %: {fewer}. "
        f"Higher recall at equal cost: {higher}."
    )


def _list(
    by: dict[str, list[Curve]],
    values: Callable[[dict[str, list[Curve]], str], list[float]],
    beats: Callable[[float], bool],
    text: Callable[[float], str],
) -> str:
    found = []
    for name in by:
        each = values(by, name)
        if name != OURS and each and beats(float(np.mean(each))):
            better = sum(map(beats, each))
            found.append(f"{name} ({text(float(np.mean(each)))}, {better} of {len(each)} learners)")
    return "; ".join(found) or "none"


def _spread(values: Sequence[float], form: str) -> str:
    if not values:
        return "–"
    return f"{np.mean(values):{form}} ± {np.std(values):{form}}"
