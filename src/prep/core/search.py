"""Search by scanning folded text: any word of any length, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACE = re.compile(r"\s+")


def searchable(text: str) -> str:
    """Fold case, width and white space, on one line."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def matches(lines: Sequence[bytes], query: str) -> Iterator[int]:
    """Yield the indices of the lines (UTF-8) that hold every word of `query`, best first.

    A line is better the earlier all words are found in it: ids, tags and prompts
    stand before explanations.
    """
    # Bytes, since decoding 15 MB costs more than searching them; UTF-8 words match as such.
    words = searchable(query).encode().split()
    found = []
    for index, line in enumerate(lines):
        places = [line.find(word) for word in words]
        if words and min(places) >= 0:
            found.append((max(places), index))
    yield from (index for _, index in sorted(found))
