"""A problem in a file that somebody wrote."""

from __future__ import annotations

from msgspec import Struct, field


class Finding(Struct, frozen=True, order=True):
    """Where it is (line and column from 1), the rule's `code`, and values for its sentence."""

    file: str
    line: int
    column: int
    code: str
    values: dict[str, str] = field(default_factory=dict)
