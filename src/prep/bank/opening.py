"""Open a bank through its cached index, which is built anew when the bank has changed."""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from prep.bank.files import bank_files, entries, is_dir
from prep.bank.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prep.model.finding import Finding

# A file changed within this time of a look may change again in the same tick of its clock.
_RACY_NS: Final = 2_000_000_000


class _Look(NamedTuple):
    """A digest of all files' names, sizes and times, and the latest time."""

    stats: bytes
    newest: int


class _Cached(NamedTuple):
    bank: Index
    written: int


def open_index(root: Path, cache: Path) -> tuple[Index | None, list[Finding]]:
    """Return the bank's index, built anew when the bank has changed; None with findings.

    The files' times are compared first, and their content where times cannot tell.
    """
    path = cache / f"{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]}.index"
    look = _look(root)
    old = _read(path, root)
    same = old is not None and old.bank.head.stats == look.stats
    if old is not None and same and look.newest < old.written - _RACY_NS:
        return old.bank, []
    content = _content(root)
    if old is not None and old.bank.head.content == content:
        if same:
            _touch(path)
            return old.bank, []
        return _stored(path, root, old.bank.with_stats(look.stats)), []
    # Windows replaces no file that is mapped.
    del old
    from prep.bank.build import build  # noqa: PLC0415 - YAML is for a changed bank only

    data, findings = build(root, look.stats, content)
    return (None, findings) if data is None else (_stored(path, root, data), [])


def _stored(path: Path, root: Path, data: bytes) -> Index:
    """Write the index and map it; without a cache, keep it in memory."""
    _write(path, data)
    fresh = _read(path, root)
    return Index(data, root) if fresh is None else fresh.bank


def _look(root: Path) -> _Look:
    lines: list[str] = []
    newest = 0
    for folder in entries(root):
        for file in entries(folder.path) if is_dir(folder) else ():
            if not file.name.endswith(".yaml"):
                continue
            try:
                stat = file.stat()
            except OSError:
                lines.append(f"{folder.name}/{file.name}|")
                continue
            # The time of the last change of the inode too: nobody can set that back.
            newest = max(newest, stat.st_mtime_ns, stat.st_ctime_ns)
            times = f"{stat.st_mtime_ns}|{stat.st_ctime_ns}"
            lines.append(f"{folder.name}/{file.name}|{stat.st_size}|{times}")
    return _Look(_digest(lines), newest)


def _content(root: Path) -> bytes:
    return _digest(f"{file.name}|{_hash(file.path)}" for file in bank_files(root))


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def _digest(lines: Iterable[str]) -> bytes:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).digest()


def _read(path: Path, root: Path) -> _Cached | None:
    """Map the cached file: a quiz touches its head and the few questions that it asks."""
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            written = os.fstat(file.fileno()).st_mtime_ns
        return _Cached(Index(data, root, path), written)
    except (OSError, ValueError, struct.error, msgspec.MsgspecError):
        return None


def _touch(path: Path) -> None:
    """Say that the content was compared now; without the right to, the next start compares."""
    try:
        os.utime(path)
    except OSError:
        return


def _write(path: Path, data: bytes) -> None:
    """Replace the cached file in one step; a read-only cache only costs the next start time."""
    import tempfile  # noqa: PLC0415 - only a changed bank is written

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    except OSError:
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
