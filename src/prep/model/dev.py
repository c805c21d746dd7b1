"""What checking an exercise has found: values that `ui` shows to its author."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from prep.model.finding import Finding
from prep.model.judgement import Note
from prep.model.verdict import Outcome

TrialKind = Literal["starter", "reference", "right", "wrong", "fixed", "junk"]


class MutantFate(Struct, frozen=True):
    """A mutant of the reference: `line`, and its text before and after.

    `killed_by` is the check that noticed it, or the verdict; "" when it survived all seeds.
    `reason` says why it is marked as equivalent.
    """

    name: str
    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    killed_by: str = ""
    reason: str = ""

    @property
    def survived(self) -> bool:
        """Return whether no check notices it, and nobody has said why."""
        return not self.killed_by and not self.reason


class Row(Struct, frozen=True):
    """What each check gave for one sample, the worst of all seeds; `named` must have failed."""

    kind: TrialKind
    name: str
    outcomes: tuple[Outcome, ...]
    named: tuple[str, ...]
    sound: bool


class Step(Struct, frozen=True):
    """One grading is done: `done` of `total` of this exercise."""

    exercise: str
    kind: TrialKind | Literal["mutant"]
    name: str
    seed: int
    sound: bool
    done: int
    total: int


class ExerciseCheck(Struct, frozen=True, kw_only=True):
    """One exercise, checked.

    `lacking` says why nothing was run. `mutants` is None when they were not asked for, or the
    reference does not pass.
    """

    exercise: str
    draft: bool = False
    checks: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    rows: tuple[Row, ...] = ()
    gradings: int = 0
    junk: int = 0
    mutants: tuple[MutantFate, ...] | None = None
    lacking: Note | None = None
    seconds: float = 0.0
