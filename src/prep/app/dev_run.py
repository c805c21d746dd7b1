"""All gradings of one exercise's check, and what they add up to."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING, Final

from prep.app.dev_grade import Desk, Habits, Spoilt
from prep.app.dev_mutants import hunt
from prep.exercises.mutants import mutants
from prep.exercises.outcomes import TrialOutcome, changed_nothing, outcome_findings
from prep.exercises.reach import reach
from prep.exercises.trials import FORBIDDEN, SEEDS, Trial, trials
from prep.model.dev import Row, Step
from prep.model.finding import Finding
from prep.model.verdict import CheckResult, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from prep.app.dev_crew import Crew
    from prep.exercises.catalog import Shelf
    from prep.grading.servers import Bench
    from prep.model.dev import MutantFate
    from prep.model.verdict import Outcome

_WORST_FIRST: Final[tuple[Outcome, ...]] = ("error", "timed_out", "failed", "not_run", "passed")
# Seconds of the reference's checks beyond which a table with every check takes too long.
_SLOW: Final = 2.5
_SAMPLES: Final = ("reference", "right", "wrong")


class Running:
    """Collects outcomes while the crew works; `folder` is for what is thrown away afterwards.

    `quick` runs what a test suite has time for: one seed and the telling junk. `whole` runs every
    check on a wrong sample; else, where the reference is slow, only those that it names.
    """

    def __init__(
        self, shelf: Shelf, crew: Crew, folder: Path, *, quick: bool = False, whole: bool = False
    ) -> None:
        answers = folder / "answers"
        answers.mkdir()
        sources = [_text(shelf.folder / name) for name in ("checks.py", "probe.py")]
        self._desk = Desk(shelf, answers, crew, Habits(reach(*sources)))
        self._shelf, self._crew, self._folder = shelf, crew, folder
        self._quick, self._whole = quick, whole
        self._outcomes: list[TrialOutcome] = []
        self.findings: list[Finding] = []
        self.fates: tuple[MutantFate, ...] | None = None

    def trials(self) -> Iterator[Step]:
        """Run every trial, and yield a step after each."""
        exercise = self._shelf.exercise
        todo = trials(self._shelf, quick=self._quick)
        # Trials of one entry follow one another: the first ones may tell what the rest would.
        groups = groupby(enumerate(todo), key=lambda each: each[1].entry or str(each[0]))
        tasks = [self._task(list(group)) for _, group in groups]
        for outcome in chain.from_iterable(self._crew.run(tasks)):
            self._outcomes.append(outcome)
            self._learn(outcome)
            found = outcome_findings(exercise.id, exercise.kind, outcome)
            self.findings += found
            trial, done = outcome.trial, len(self._outcomes)
            yield Step(exercise.id, trial.kind, trial.name, trial.seed, not found, done, len(todo))

    def mutants(self) -> Iterator[Step]:
        """Grade every mutant of the reference, and yield a step after each."""
        name, file = self._shelf.exercise.id, self._shelf.folder / "reference.py"
        made = mutants(file.read_text(encoding="utf-8"))
        fates: list[MutantFate] = []
        for fate in self._crew.run(hunt(made, self._desk, self._folder)):
            fates.append(fate)
            sound = not fate.survived and not (fate.killed_by and fate.reason)
            yield Step(name, "mutant", fate.name, SEEDS[0], sound, len(fates), len(made))
        self.fates = tuple(sorted(fates, key=lambda fate: (fate.line, fate.name)))
        self.findings += _mutant_findings(name, self.fates)

    @property
    def reference_passes(self) -> bool:
        """Return whether the reference passed with every seed."""
        mine = [each for each in self._outcomes if each.trial.kind == "reference"]
        return bool(mine) and all(each.verdict == "passed" for each in mine)

    @property
    def gradings(self) -> int:
        """Return how many trials there were."""
        return len(self._outcomes)

    @property
    def junk(self) -> int:
        """Return how many of them were junk."""
        return sum(outcome.trial.kind == "junk" for outcome in self._outcomes)

    def rows(self) -> tuple[Row, ...]:
        """Return what each check gave for each sample."""
        kinds = {kind: number for number, kind in enumerate(_SAMPLES)}
        samples: dict[tuple[int, str], list[TrialOutcome]] = {}
        for outcome in self._outcomes:
            if outcome.trial.kind in kinds:
                key = (kinds[outcome.trial.kind], outcome.trial.name)
                samples.setdefault(key, []).append(outcome)
        return tuple(self._row(samples[key]) for key in sorted(samples))

    def _row(self, outcomes: list[TrialOutcome]) -> Row:
        exercise, trial = self._shelf.exercise, outcomes[0].trial
        found = [outcome_findings(exercise.id, exercise.kind, each) for each in outcomes]
        told = [{check.name: check.outcome for check in each.checks} for each in outcomes]
        worst = tuple(
            min((each.get(check.name, "not_run") for each in told), key=_WORST_FIRST.index)
            for check in exercise.checks
        )
        return Row(trial.kind, trial.name, worst, trial.named, not any(found))

    def _task(self, group: list[tuple[int, Trial]]) -> Callable[[Bench], list[TrialOutcome]]:
        files = []
        for number, trial in group:
            file = self._folder / f"trial{number}.py"
            file.write_bytes(trial.source)
            files.append((trial, file))

        def run(bench: Bench) -> list[TrialOutcome]:
            outcomes: list[TrialOutcome] = []
            for trial, file in files:
                known = next((each for each in outcomes if changed_nothing(each)), None)
                result = known.result if known else self._graded(trial, file, bench)
                outcomes.append(TrialOutcome(trial, result))
            return outcomes

        return run

    def _graded(self, trial: Trial, file: Path, bench: Bench) -> Report | CheckResult:
        desk, seed, named = self._desk, trial.seed, trial.named
        if trial.entry:
            what = Spoilt(f"junk {trial.entry}", trial.entry)
            return desk.notice(file, seed, bench, what)
        if trial.kind == "wrong" and named and named != (FORBIDDEN,) and self._is_brief():
            return desk.named(file, seed, bench, named)
        return desk.grade(file, seed, bench)

    def _is_brief(self) -> bool:
        """Return whether a wrong sample runs only the checks that it names."""
        slow = self._desk.habits.total > _SLOW
        return self._quick or (slow and not self._whole)

    def _learn(self, outcome: TrialOutcome) -> None:
        if outcome.trial.kind == "reference" and isinstance(outcome.result, Report):
            self._desk.habits.learn(outcome.result)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _mutant_findings(exercise: str, fates: tuple[MutantFate, ...]) -> list[Finding]:
    found = []
    for fate in fates:
        if fate.survived:
            file, line = f"{exercise}/reference.py", fate.line
            found.append(Finding(file, line, 1, "mutant-survived", {"name": fate.name}))
        elif fate.killed_by and fate.reason:
            values = {"name": fate.name, "check": fate.killed_by}
            found.append(Finding(f"{exercise}/exercise.yaml", 1, 1, "mutant-noticed", values))
    return found
