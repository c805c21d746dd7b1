"""What the operating system knows about a tree of processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

_LINUX = sys.platform == "linux"
_MOST = 5_000
_NANOSECONDS = 1e9


def tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    if not _LINUX:
        return _tree_by_psutil(pid)
    seen: list[int] = []
    todo = [pid]
    while todo and len(seen) < _MOST:
        found = todo.pop()
        seen.append(found)
        todo += _children(found)
    return seen


def is_alive(pid: int) -> bool:
    """Return whether there is such a process, also one that nobody has reaped."""
    return psutil.pid_exists(pid)


def unshared(pid: int) -> int:
    """Return how many bytes of its memory no file backs."""
    if not _LINUX:
        return _memory_by_psutil(pid)
    try:
        with Path(f"/proc/{pid}/status").open(encoding="ascii", errors="replace") as status:
            lines = [line for line in status if line.startswith(("RssAnon", "RssShmem"))]
        return sum(int(line.split()[1]) << 10 for line in lines)
    except (OSError, ValueError, IndexError):
        return 0


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of its children that ended."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    reaped: float = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + reaped)


def waited_seconds(pid: int) -> float:
    """Return how long the threads of a process were ready to run while others ran."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - names are wanted
        waits = [_waited(f"/proc/{pid}/task/{thread}/schedstat") for thread in threads]
    except OSError:
        return 0.0
    return max(waits, default=0.0)


def _waited(file: str) -> float:
    try:
        return int(Path(file).read_text(encoding="ascii").split()[1]) / _NANOSECONDS
    except (OSError, ValueError, IndexError):
        return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            text = Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii")
            found += [int(child) for child in text.split()]
    except (OSError, ValueError):
        pass
    return found


def _tree_by_psutil(pid: int) -> list[int]:
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return [pid]


def _memory_by_psutil(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
