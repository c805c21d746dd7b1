"""From the curves of simulated learners to the tables of docs/scheduling.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GOAL = 0.9
OURS = "prep"
# What each is when nobody tunes it; random order and last weeks have no such setting.
SHIPPED = {OURS: 0.9, "FSRS, no exam date": 0.9, "SM-2": 1, "Leitner": 1, "expanding": 1}


@dataclass(frozen=True)
class Curve:
    """A learner with a scheduler: answers per question and true recall, by knob."""

    knobs: tuple[float, ...]
    answers: tuple[float, ...]
    exam: tuple[float, ...]
    year: tuple[float, ...]

    def needed(self) -> float:
        """Return the fewest answers per question that reach the goal, or NaN.

        Between two settings it is read off the straight line; below the cheapest setting
        nothing is known, so its answers are returned.
        """
        order = np.argsort(self.answers, kind="stable")
        answers, exam = np.array(self.answers)[order], np.array(self.exam)[order]
        reached = np.flatnonzero(exam >= GOAL)
        if not reached.size:
            return float("nan")
        at = int(reached[0])
        if at == 0:
            return float(answers[0])
        share = (GOAL - exam[at - 1]) / (exam[at] - exam[at - 1])
        return float(answers[at - 1] + share * (answers[at] - answers[at - 1]))

    def cheapest_suffices(self) -> bool:
        """Return whether the goal is reached by the setting with the fewest answers."""
        return self.exam[int(np.argmin(self.answers))] >= GOAL

    def at_cost(self, answers: float, values: Sequence[float]) -> float:
        """Return the value at so many answers; beyond the settings, that of the nearest."""
        order = np.argsort(self.answers, kind="stable")
        return float(np.interp(answers, np.array(self.answers)[order], np.array(values)[order]))

    def shipped(self, name: str) -> tuple[float, float, float]:
        """Return answers, recall at the exam and over the year without tuning."""
        at = self.knobs.index(SHIPPED[name])
        return self.answers[at], self.exam[at], self.year[at]


Results = dict[str, dict[str, list[Curve]]]


def rendered(results: Results) -> str:
    """Return all tables and what they come to."""
    parts = [f"### {model.capitalize()} memory\n\n{_tuned(by)}" for model, by in results.items()]
    return "\n\n".join(
        [*parts, f"### Untuned\n\n{_untuned(results)}", f"### Verdict\n\n{_verdict(results)}"]
    )


def ratios(by: dict[str, list[Curve]], name: str) -> list[float]:
    """Return, for learners who reach the goal with both, the scheduler's answers over ours."""
    pairs = zip(by[name], by[OURS], strict=True)
    found = [theirs.needed() / ours.needed() for theirs, ours in pairs]
    return [ratio for ratio in found if ratio == ratio]  # noqa: PLR0124 - NaN: not reached


def gains(by: dict[str, list[Curve]], name: str) -> list[float]:
    """Return by how much its recall at the exam differs from ours at our untuned cost."""
    found = []
    for theirs, ours in zip(by[name], by[OURS], strict=True):
        answers, exam, _ = ours.shipped(OURS)
        found.append(theirs.at_cost(answers, theirs.exam) - exam)
    return found


def _tuned(by: dict[str, list[Curve]]) -> str:
    first = ("Scheduler", "Reached 90 %", "Answers per question for it", "× prep")
    titles = (*first, "Recall at equal cost", "Recall over the year")
    head = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    return "\n".join(head + [_tuned_row(by, name) for name in by])


def _tuned_row(by: dict[str, list[Curve]], name: str) -> str:
    curves = by[name]
    needed = [curve.needed() for curve in curves]
    reached = [value for value in needed if value == value]  # noqa: PLR0124 - NaN: not reached
    floor = sum(curve.cheapest_suffices() for curve in curves)
    year = [
        curve.at_cost(value, curve.year)
        for curve, value in zip(curves, needed, strict=True)
        if value == value  # noqa: PLR0124 - NaN: not reached
    ]
    equal = [
        curve.at_cost(ours.shipped(OURS)[0], curve.exam)
        for curve, ours in zip(curves, by[OURS], strict=True)
    ]
    at_floor = f" ({floor} at its cheapest)" if floor else ""
    return (
        f"| {name} | {len(reached)} of {len(curves)}{at_floor} | {_spread(reached, '.1f')} "
        f"| {_spread(ratios(by, name), '.2f')} | {_spread(equal, '.3f')} "
        f"| {_spread(year, '.2f')} |"
    )


def _untuned(results: Results) -> str:
    rows = [
        "| Memory | Scheduler | Answers per question | Recall at the exam | Recall over the year |",
        "|---|---|---|---|---|",
    ]
    for model, by in results.items():
        for name in SHIPPED:
            columns = np.array([curve.shipped(name) for curve in by[name]]).T
            forms = (".1f", ".3f", ".2f")
            cells = [_spread(list(c), form) for c, form in zip(columns, forms, strict=True)]
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
