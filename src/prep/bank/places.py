"""Places in a file, and the list that findings are collected in."""

from __future__ import annotations

from typing import NamedTuple

from prep.model.finding import Finding


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class Findings(list[Finding]):
    """The findings of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def add(self, where: Place, code: str, **values: object) -> None:
        """Append a finding of rule `code` at `where`."""
        shown = {name: str(value) for name, value in values.items()}
        self.append(Finding(self.file, where.line, where.column, code, shown))
