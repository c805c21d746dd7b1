"""Search by scanning folded text: any word of any length, in Chinese and English."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDE = tuple(zip("，：；？！（）", ",:;?!()", strict=True))


def searchable(text: str) -> str:
    """Fold case, width and white space, on one line."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Chinese punctuation first: what is left mostly needs no normalising, the dearest step.
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def matches(lines: Sequence[bytes], query: str) -> Iterator[int]:
    """Yield the indices of the lines (UTF-8) that hold every word of `query`, best first.

    A line is better the earlier all words are found in it: ids, tags and prompts
    stand before explanations.
    """
    # Bytes, since decoding 15 MB costs more than searching them; UTF-8 words match as such.
    words = searchable(query).encode().split()
    hits = list(range(len(lines))) if words else []
    for word in words:
        hits = [at for at in hits if word in lines[at]]
    found = sorted((max(lines[at].find(word) for word in words), at) for at in hits)
    yield from (at for _, at in found)
