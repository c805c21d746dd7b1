"""What checking an exercise has found: values that `ui` shows to its author."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

TrialKind = Literal["starter", "reference", "right", "wrong", "junk"]


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
