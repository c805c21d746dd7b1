"""Landlock: which files a process and all its children may open (Linux 5.13 and later)."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import TYPE_CHECKING

from prep.lab.linux import checked, no_new_privileges, syscall

if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FIRST_RIGHTS = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
# No abstract sockets and signals to processes outside (version 6).
_SCOPES = 3


def version() -> int:
    """Return which version the kernel has; 0 is none."""
    return max(0, syscall(_CREATE, None, ctypes.c_size_t(0), 1))


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Allow reading `readable`, everything in `writable`, and nothing else."""
    known = version()
    if not known:
        raise OSError(errno.ENOSYS, "no landlock")
    rights = _rights(known)
    attributes = struct.pack("QQQ", rights, 0, _SCOPES if known >= 6 else 0)  # noqa: PLR2004
    size = 24 if known >= 6 else 16 if known >= 4 else 8  # noqa: PLR2004 - the struct grew
    rules = checked(
        syscall(_CREATE, attributes, ctypes.c_size_t(size), 0), "landlock_create_ruleset"
    )
    for path in readable:
        _allow(rules, path, _READ_FILE | _READ_DIR | _EXECUTE)
    for path in writable:
        _allow(rules, path, rights)
    no_new_privileges()
    checked(syscall(_RESTRICT, rules, 0), "landlock_restrict_self")
    os.close(rules)


def _rights(known: int) -> int:
    rights = _FIRST_RIGHTS
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)):
        if known >= since:
            rights |= right
    return rights


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        end = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - symlinks are followed by both alike
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, end)
        checked(syscall(_ADD, rules, _PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(end)
