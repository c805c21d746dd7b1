"""Scalars that are not text: each one spelling only, so that a file means what it looks like.

`1_000`, `0x10`, `+1`, `１`, `.5`, `nan`, `1e999` and `yes` are refused.
"""

from __future__ import annotations

import re
from datetime import date
from math import isinf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# No whole number of the bank has more digits; `int` would take seconds for a million of them.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTH = {"true": True, "false": False}


def whole(text: str) -> int:
    """Return a whole number written in plain digits; ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def number(text: str) -> float:
    """Return a finite number written as in JSON; ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if isinf(value):
        raise ValueError(text)
    return value


def day(text: str) -> date:
    """Return a date written as 2026-11-22; ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


# What parses a scalar of that type (ValueError or KeyError when it cannot), and the
# code of the finding then.
SCALARS: dict[Any, tuple[Callable[[str], Any], str]] = {
    int: (whole, "not-whole"),
    float: (number, "not-a-number"),
    bool: (_TRUTH.__getitem__, "not-true-false"),
    date: (day, "not-a-date"),
}
