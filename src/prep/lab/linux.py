"""What Linux offers to hold a worker, without root. Each step raises OSError where it is missing.

Nothing here is needed for a right verdict; docs/grading.md says what it protects from.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import socket
import struct
from pathlib import Path

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NET = (
    0x20000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_SET_PDEATHSIG, _SET_DUMPABLE, _CAPBSET_DROP, _SET_SUBREAPER, _SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
_SIGKILL = 9
_REC_PRIVATE = 0x4000 | 0x40000
_NOSUID_NODEV, _NOEXEC = 0x2 | 0x4, 0x8
_SIOCSIFFLAGS, _UP_AND_RUNNING = 0x8914, 0x1 | 0x40
_CAPABILITY_VERSION_3 = 0x20080522
# Below this the kernel gives numbers out once only: pid_max counts from here.
_RESERVED_PIDS = 300
# Threads have numbers too, and libraries start some for each core.
_THREADS_PER_CORE = 16
_libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """Return the result of a system call, or raise what errno says."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *args: object) -> int:
    """Make a system call that libc has no function for."""
    return int(_libc.syscall(number, *args))


def _prctl(option: int, value: int) -> None:
    zeros = [ctypes.c_ulong(0)] * 3
    checked(_libc.prctl(option, ctypes.c_ulong(value), *zeros), f"prctl {option}")


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends."""
    _prctl(_SET_PDEATHSIG, _SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose parents have ended."""
    _prctl(_SET_SUBREAPER, 1)


def no_new_privileges() -> None:
    """Make setuid programs harmless from here on."""
    _prctl(_SET_NO_NEW_PRIVS, 1)


def hide_memory(*, hidden: bool) -> None:
    """Keep (or let) processes of the same user read and trace this one."""
    _prctl(_SET_DUMPABLE, 0 if hidden else 1)


def new_namespaces(*, network: bool) -> None:
    """Enter a new user (same uid), mount, IPC and network namespace; the next fork is PID 1."""
    uid, gid = os.geteuid(), os.getegid()
    flags = _NEW_USER | _NEW_PIDS | _NEW_MOUNTS | _NEW_IPC | (_NEW_NET if network else 0)
    checked(_libc.unshare(flags), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")


def own_mounts() -> None:
    """Mount a /proc that shows this PID namespace only, and a private /dev/shm."""
    _mount("none", "/", None, _REC_PRIVATE)
    _mount("proc", "/proc", "proc", _NOSUID_NODEV | _NOEXEC)
    _mount("tmpfs", "/dev/shm", "tmpfs", _NOSUID_NODEV, "size=256m")  # noqa: S108 - where it is


def limit_pids(most: int) -> None:
    """Let the kernel refuse many more than `most` processes in this PID namespace (Linux 6.14).

    It is a dam for what grows faster than the supervisor looks, which counts to `most` itself.
    """
    cores = os.cpu_count() or 1
    highest = _RESERVED_PIDS + most + _THREADS_PER_CORE * cores
    Path("/proc/sys/kernel/pid_max").write_text(str(highest), encoding="ascii")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    done = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        data.encode(),
    )
    checked(done, f"mount {target}")


def loopback_up() -> None:
    """Give the network namespace its 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))


class _CapabilityHead(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def drop_capabilities() -> None:
    """Give up every capability, also those of the user namespace."""
    capability = 0
    while _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0) >= 0:
        capability += 1
    head = ctypes.byref(_CapabilityHead(_CAPABILITY_VERSION_3, 0))
    checked(_libc.capset(head, (ctypes.c_uint32 * 6)()), "capset")


def limit_resources(file_size: int = 1 << 30, open_files: int = 1024) -> None:
    """Bound files and core dumps. Memory is watched instead: address-space limits break numpy."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in (
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, open_files),
    ):
        _, hard = resource.getrlimit(kind)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, limit))


def be_first_to_go() -> None:
    """When the machine runs out of memory, the kernel is to pick this process."""
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
