"""The compiled bank: one cached file, keyed by content, so that a start parses no YAML.

Layout: a header (magic and three lengths), the msgpack head
(fingerprints, topics, entries), the questions one after another as msgpack, and
the folded search text. Entries say where their question lies, so that a quiz
reads only what it asks.
"""

from __future__ import annotations

import struct
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from prep.errors import EnvironmentLacksError
from prep.model.question import Question
from prep.model.text import Text

if TYPE_CHECKING:
    import mmap
    from pathlib import Path

_MAGIC: Final = b"PREPBANK"
_LAYOUT: Final = struct.Struct("<8sIQQQ")
# Raised when the classes of prep.model.question or this layout change.
VERSION: Final = 2


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What is known of a question without reading it."""

    id: str
    topic: str
    group: str
    family: str
    level: int
    type: str
    tags: tuple[str, ...]
    meaning: int
    revision: int
    drawn: bool
    guess: float
    exercise: str | None
    offset: int
    size: int


class Head(Struct, array_like=True):
    """The part of the index that every start reads."""

    stats: bytes
    content: bytes
    topics: dict[str, Text]
    tags: dict[str, dict[str, Text]]
    entries: list[Entry]


class Index:
    """A compiled bank, opened; `cached` is the file it lies in, if it was read from one."""

    def __init__(self, data: bytes | mmap.mmap, root: Path, cached: Path | None = None) -> None:
        magic, version, head, body, search = _LAYOUT.unpack_from(data)
        start = _LAYOUT.size
        if magic != _MAGIC or version != VERSION or len(data) != start + head + body + search:
            raise ValueError(version)
        self.root = root
        self.head = msgspec.msgpack.decode(data[start : start + head], type=Head)
        view = memoryview(data)
        self._body = view[start + head : start + head + body]
        self._search = view[start + head + body :]
        self._cached = cached

    @property
    def entries(self) -> list[Entry]:
        """Return all entries, in the order of the files."""
        return self.head.entries

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Return the entries by question id."""
        return {entry.id: entry for entry in self.entries}

    def question(self, entry: Entry) -> Question:
        """Read one question; of a damaged cache file nothing is kept for the next start."""
        data = self._body[entry.offset : entry.offset + entry.size]
        try:
            return msgspec.msgpack.decode(data, type=Question)  # type: ignore[no-any-return]
        except msgspec.MsgspecError as error:
            if self._cached is not None:
                self._cached.unlink(missing_ok=True)
            path = str(self._cached or self.root)
            raise EnvironmentLacksError("file-unreadable", path=path, problem=error) from error

    def with_stats(self, stats: bytes) -> bytes:
        """Return the same index for files that were touched but not changed."""
        head = msgspec.structs.replace(self.head, stats=stats)
        return pack(head, bytes(self._body), bytes(self._search))

    def search_lines(self) -> list[bytes]:
        """Return the folded text of each entry as UTF-8, in the order of the entries."""
        return bytes(self._search).split(b"\n")

    def twin(self, entry: Entry) -> Path:
        """Return the path of the generators of an entry."""
        return self.root / entry.topic / f"{entry.group}.py"


def pack(head: Head, body: bytes, search: bytes) -> bytes:
    """Lay out the parts of an index."""
    packed = msgspec.msgpack.encode(head)
    sizes = (len(packed), len(body), len(search))
    return b"".join((_LAYOUT.pack(_MAGIC, VERSION, *sizes), packed, body, search))
