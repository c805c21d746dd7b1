"""What is wrong with the grader when a trial comes out as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.exercises.junk import CHANGED
from prep.exercises.trials import FORBIDDEN
from prep.model.finding import Finding
from prep.model.verdict import CheckResult, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.exercises.trials import Trial
    from prep.model.verdict import Verdict


class TrialOutcome(Struct, frozen=True):
    """How a trial came out: a whole report, or the check that ended it."""

    trial: Trial
    result: Report | CheckResult

    @property
    def verdict(self) -> Verdict:
        """Return the verdict, or what the check that ended the trial makes of it."""
        return self.result.verdict

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Return what is known of the checks."""
        return (self.result,) if isinstance(self.result, CheckResult) else self.result.checks


def changed_nothing(outcome: TrialOutcome) -> bool:
    """Return whether junk passed because the entry's results hold nothing that can be spoilt."""
    result = outcome.result
    if not isinstance(result, Report) or result.verdict != "passed":
        return False
    return CHANGED not in result.stdout.kept


def outcome_findings(exercise: str, kind: str, outcome: TrialOutcome) -> list[Finding]:
    """Return the findings on one trial of an exercise of this kind (build or debug)."""
    rules = {
        "reference": _right,
        "right": _right,
        "wrong": _wrong,
        "fixed": _fixed,
        "junk": _junk,
        "starter": _debug_starter if kind == "debug" else _starter,
    }
    file = f"{exercise}/{outcome.trial.file}"
    found = rules[outcome.trial.kind](outcome)
    return [Finding(file, 1, 1, code, {**_facts(outcome), **more}) for code, more in found]


def _right(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    if outcome.verdict != "passed":
        bad = [check.name for check in outcome.checks if check.outcome != "passed"]
        yield "right-refused", {"checks": ", ".join(bad)}


def _wrong(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    named = outcome.trial.named
    if outcome.verdict != "failed":
        yield "wrong-verdict", {}
    elif named == (FORBIDDEN,):
        if not _is_forbidden(outcome):
            yield "wrong-not-forbidden", {}
    else:
        told = {check.name: check for check in outcome.checks}
        for name in named:
            if name in told and told[name].outcome != "failed":
                yield "wrong-other-outcome", {"check": name, "outcome": told[name].outcome}


def _is_forbidden(outcome: TrialOutcome) -> bool:
    notes = [*(check.note for check in outcome.checks)]
    notes += [outcome.result.note] if outcome.result.note else []
    return any(note is not None and note.code == "grade-forbidden" for note in notes)


def _fixed(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    """Want a point for this bug, and none for those that are left."""
    named = outcome.trial.named
    for check in outcome.checks:
        if check.name in named and check.outcome != "passed":
            yield "fix-unnoticed", {"check": check.name, "outcome": check.outcome}
        elif check.name not in named and check.outcome == "passed":
            yield "fix-elsewhere", {"check": check.name}


def _junk(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    trial, result = outcome.trial, outcome.result
    if trial.entry and isinstance(result, Report) and result.verdict == "passed":
        if not changed_nothing(outcome):
            yield "junk-passed", {}
    elif outcome.verdict != "failed":
        yield "junk-verdict", {}
    elif not trial.entry:
        for check in outcome.checks:
            if check.outcome == "passed":
                yield "junk-check-passed", {"check": check.name}


def _starter(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    if outcome.verdict != "not_attempted":
        yield "starter-verdict", {"wanted": "not_attempted"}


def _debug_starter(outcome: TrialOutcome) -> Iterator[tuple[str, dict[str, str]]]:
    """Want an attempt that fails: a bug hunt's starter runs, and with a remark it is one."""
    wanted = "not_attempted" if outcome.trial.name == "starter" else "failed"
    if outcome.verdict != wanted:
        yield "starter-verdict", {"wanted": wanted}


def _facts(outcome: TrialOutcome) -> dict[str, str]:
    trial = outcome.trial
    return {"name": trial.name, "seed": str(trial.seed), "verdict": outcome.verdict}
