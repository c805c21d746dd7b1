"""The compiled bank: one cached file, keyed by content, so that a start parses no YAML.

Layout: a header (magic and three lengths), the msgpack head
(fingerprints, topics, entries), the questions one after another as msgpack, and
the folded search text. Entries say where their question lies, so that a quiz
reads only what it asks.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from prep.bank.files import bank_files
from prep.model.question import Question
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prep.model.finding import Finding

_MAGIC: Final = b"PREPBANK"
_LAYOUT: Final = struct.Struct("<8sIQQQ")
# Raised when the classes of prep.model.question or this layout change.
_VERSION: Final = 1
# A file changed within this time of the build may change again in the same tick of its clock.
_RACY_NS: Final = 2_000_000_000


class Entry(Struct, frozen=True, array_like=True):
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
    """A compiled bank, opened."""

    def __init__(self, data: bytes | mmap.mmap, root: Path) -> None:
        magic, version, head, body, search = _LAYOUT.unpack_from(data)
        if magic != _MAGIC or version != _VERSION:
            raise ValueError(version)
        start = _LAYOUT.size
        self.root = root
        self.head = msgspec.msgpack.decode(data[start : start + head], type=Head)
        view = memoryview(data)
        self._body = view[start + head : start + head + body]
        self._search = view[start + head + body : start + head + body + search]

    @property
    def entries(self) -> list[Entry]:
        """Return all entries, in the order of the files."""
        return self.head.entries

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Return the entries by question id."""
        return {entry.id: entry for entry in self.entries}

    def question(self, entry: Entry) -> Question:
        """Read one question."""
        data = self._body[entry.offset : entry.offset + entry.size]
        return msgspec.msgpack.decode(data, type=Question)  # type: ignore[no-any-return]

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


def open_index(root: Path, cache: Path) -> tuple[Index | None, list[Finding]]:
    """Return the bank's index, built anew when the bank has changed; None with findings."""
    path = cache / f"{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]}.index"
    stats, newest = _look(root)
    old = _read(path, root)
    if old is not None and old.head.stats == stats and newest < _written_ns(path) - _RACY_NS:
        return old, []
    content = _digest(
        f"{file.name}|{hashlib.sha256(file.path.read_bytes()).hexdigest()}"
        for file in bank_files(root)
    )
    if old is not None and old.head.content == content:
        _write(path, old.with_stats(stats))
        return old, []
    from prep.bank.build import build  # noqa: PLC0415 - YAML is needed for a changed bank only

    data, findings = build(root, stats, content)
    if data is None:
        return None, findings
    _write(path, data)
    return Index(data, root), []


def pack(head: Head, body: bytes, search: bytes) -> bytes:
    """Lay out the parts of an index."""
    packed = msgspec.msgpack.encode(head)
    return _LAYOUT.pack(_MAGIC, _VERSION, len(packed), len(body), len(search)) + packed + body + search


def _digest(lines: Iterable[str]) -> bytes:
    return hashlib.sha256("\n".join(lines).encode()).digest()


def _look(root: Path) -> tuple[bytes, int]:
    """Return a digest of names, sizes and times of all files, and the latest time.

    `os.scandir` instead of `bank_files`: every start does this, for thousands of files.
    """
    lines: list[str] = []
    newest = 0
    for folder in os.scandir(root):
        if not folder.is_dir():
            continue
        for file in os.scandir(folder):
            if file.name.endswith(".yaml"):
                stat = file.stat()
                newest = max(newest, stat.st_mtime_ns)
                lines.append(f"{folder.name}/{file.name}|{stat.st_size}|{stat.st_mtime_ns}")
    lines.sort()
    return _digest(lines), newest


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read(path: Path, root: Path) -> Index | None:
    try:
        # Mapped, not read: a quiz touches the head and the few questions that it asks.
        with path.open("rb") as file:
            return Index(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), root)
    except (OSError, ValueError, struct.error, msgspec.MsgspecError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Replace the cached file in one step; a read-only cache only costs the next start time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
    except OSError:
        return


