"""Places in a file, and the list that findings are collected in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from prep.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

# A file with more has one cause, and nobody reads on; a hostile one would fill the memory.
MOST_FINDINGS: Final = 500


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


START: Final = Place(1, 1)


class Findings(list[Finding]):
    """The findings of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    @property
    def full(self) -> bool:
        """Return whether no more findings are kept."""
        return len(self) > MOST_FINDINGS

    def add(self, where: Place, code: str, **values: object) -> None:
        """Append a finding of rule `code` at `where`."""
        if self.full:
            return
        if len(self) == MOST_FINDINGS:
            code, values = "too-many", {"limit": MOST_FINDINGS}
        shown = {name: str(value) for name, value in values.items()}
        self.append(Finding(self.file, where.line, where.column, code, shown))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file and place."""
    return sorted(findings, key=lambda found: (found.file, found.line, found.column, found.code))
