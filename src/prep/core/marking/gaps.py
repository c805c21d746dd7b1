"""Gaps in code, and what stands beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP = re.compile(r"__\d__")


def surroundings(code: str) -> list[tuple[str, str]]:
    """Return, for each gap, the text before and after it: to the line's end or the next gap."""
    found = []
    for line in code.splitlines():
        parts = _GAP.split(line)
        found += [(parts[at], parts[at + 1]) for at in range(len(parts) - 1)]
    return found


def readings(text: str, before: str, after: str) -> Iterator[str]:
    """Yield what may be meant by `text` in a gap: as it is, and without what is there already.

    Into `model.__1__()` one may type `eval`, `eval()` or `model.eval()`.
    """
    text = text.strip()
    yield text
    for start in (0, *_repeated(text, before)):
        for end in (0, *_repeated_end(text, after)):
            middle = text[start : len(text) - end]
            if middle != text and middle and _balanced(text[:start] + text[len(text) - end :]):
                yield middle


def _repeated(text: str, before: str) -> list[int]:
    """Return how many characters at the start of `text` repeat the end of `before`, whole words."""
    before = before.strip()
    return [
        size
        for size in range(1, len(text))
        if before.endswith(text[:size]) and not _cuts_word(before[: -size or None], text[0])
    ]


def _repeated_end(text: str, after: str) -> list[int]:
    """Return how many characters at the end of `text` repeat the start of `after`."""
    after = after.strip()
    return [size for size in range(1, len(text)) if after.startswith(text[-size:])]


def _cuts_word(left: str, first: str) -> bool:
    return left[-1:].isidentifier() and (first.isalnum() or first == "_")


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return False
    return depth == 0
