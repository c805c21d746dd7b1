"""From a forked child of the server to a worker behind walls.

keeper (outside) → PID 1 of a namespace of its own → worker. When PID 1 ends, the kernel ends
everything in its namespace. Without namespaces, the keeper adopts orphans, and the supervisor
kills its tree.
"""

from __future__ import annotations

import faulthandler
import os
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prep.lab.voice import mute_warnings, voice
from prep.lab.worker import work
from prep.wire.channel import GoneError, LateError, send
from prep.wire.messages import Broken, Ended, Running, Walled

if TYPE_CHECKING:
    from collections.abc import Callable

    from prep.lab.rehearsal import Problems
    from prep.wire.messages import Message, Order

_LINUX = sys.platform == "linux"
_WRITABLE_DEVICES = ("/dev/null", "/dev/shm", "/dev/tty")  # noqa: S108
# Drivers are reached through files in /dev: NVIDIA's, WSL's, AMD's.
_GPUS = ("nvidia*", "dxg", "kfd", "dri")
_MOST_FILES = 65_536


def keep(order: Order, ends: list[int], problems: Problems, *, forks: bool) -> None:
    """Start a worker whose socket, output, error and status are `ends`; return when it ended."""
    work_end, output, errors, status_end = ends
    status = socket.socket(fileno=status_end)
    try:
        _redirect(output, errors)
        _close_all_but(work_end, status_end)
        _Keeper(order, socket.socket(fileno=work_end), status).run(problems, forks=forks)
    except Exception as error:  # noqa: BLE001 - the supervisor is told, and calls it our bug
        _tell(status, Broken(f"{type(error).__name__}: {error}"[:500]))


class _Keeper:
    def __init__(self, order: Order, sock: socket.socket, status: socket.socket) -> None:
        self._order, self._sock, self._status = order, sock, status
        self._measures: list[str] = []
        self._missing: list[str] = []

    def run(self, problems: Problems, *, forks: bool) -> None:
        """Put up the walls one after the other, from the outside."""
        if not forks:
            _tell(self._status, Running(os.getpid()))
            self._work()
        os.setsid()
        if not _LINUX:
            return self._without_namespaces()
        from prep.lab import linux  # noqa: PLC0415 - there is no such module elsewhere

        linux.die_with_parent()
        network = self._order.walls.network and not problems.network
        if self._may_enter(problems) and self._try(
            "namespaces", lambda: linux.new_namespaces(network=network)
        ):
            return self._with_namespaces(network=network)
        linux.adopt_orphans()
        return self._without_namespaces()

    def _may_enter(self, problems: Problems) -> bool:
        walls = self._order.walls
        if not walls.namespaces:
            return False
        if problems.namespaces:
            self._missing.append(f"namespaces: {problems.namespaces}")
        elif walls.network and problems.network:
            self._missing.append(f"loopback: {problems.network}")
        return not problems.namespaces

    def _without_namespaces(self) -> None:
        worker = os.fork()
        if worker == 0:
            self._work()
        self._sock.close()
        _tell(self._status, Running(worker))
        self._wait(worker)
        while True:  # orphans of the worker, until the supervisor has killed them
            with suppress(ChildProcessError):
                os.wait()
                continue
            return

    def _with_namespaces(self, *, network: bool) -> None:
        from prep.lab import linux  # noqa: PLC0415

        linux.hide_memory(hidden=True)
        first = os.fork()
        if first == 0:
            self._first(network=network)
        self._sock.close()
        _tell(self._status, Running(first))
        self._status.close()
        os.waitpid(first, 0)

    def _first(self, *, network: bool) -> None:
        """Be PID 1: start the worker, reap, and end when it ends."""
        from prep.lab import linux  # noqa: PLC0415

        try:
            linux.die_with_parent()
            self._try("mounts", linux.own_mounts)
            self._try("pid_max", lambda: linux.limit_pids(self._order.processes))
            if network:
                self._try("loopback", linux.loopback_up)
            worker = os.fork()
            if worker == 0:
                self._work()
            self._sock.close()
            self._wait(worker)
        except OSError as error:
            _tell(self._status, Broken(f"{type(error).__name__}: {error}"))
        finally:
            os._exit(0)

    def _wait(self, worker: int) -> None:
        while True:
            ended, status = os.wait()
            if ended == worker:
                _tell(self._status, Ended(status))
                return

    def _work(self) -> None:
        try:
            self._settle()
            _tell(self._status, Walled(self._measures, self._missing))
        except BaseException as error:  # noqa: BLE001
            _tell(self._status, Broken(f"{type(error).__name__}: {error}"[:500]))
            os._exit(0)
        self._status.close()
        try:
            work(self._sock, self._order)
        finally:
            os._exit(1)

    def _settle(self) -> None:
        """Do what only the worker itself can do, last of all."""
        order = self._order
        os.chdir(order.folder)
        os.environ.clear()
        os.environ.update(order.environment)
        tempfile.tempdir = None
        if _LINUX:
            self._restrict()
        _own_streams(order.folder)

    def _restrict(self) -> None:
        from prep.lab import landlock, linux  # noqa: PLC0415

        order = self._order
        linux.die_with_parent()
        linux.hide_memory(hidden=False)  # debuggers, faulthandler and /proc/self need it
        self._try("oom_score", linux.be_first_to_go)
        self._try("rlimits", linux.limit_resources)
        if order.walls.landlock:
            readable = [*order.readable, order.folder]
            writable = [order.folder, *_WRITABLE_DEVICES]
            if order.device == "cuda":
                writable += [str(found) for name in _GPUS for found in Path("/dev").glob(name)]
            self._try("landlock", lambda: landlock.restrict(readable, writable))
        self._try("capabilities", linux.drop_capabilities)
        self._try("no_new_privs", linux.no_new_privileges)

    def _try(self, name: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except OSError as error:
            self._missing.append(f"{name}: {error.strerror or error}")
            return False
        self._measures.append(name)
        return True


def _tell(status: socket.socket, message: Message) -> None:
    with suppress(GoneError, LateError):
        send(status, message, seconds=5)


def _redirect(output: int, errors: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for end, place in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(end, place)


def _close_all_but(*kept: int) -> None:
    """Leave no file of the server open: a learner's code would inherit it."""
    low = 3
    for end in sorted(kept):
        if low < end:
            os.closerange(low, end)
        low = end + 1
    os.closerange(low, _MOST_FILES)


def _own_streams(folder: str) -> None:
    """Make Python's streams anew: the server's may hold locks and text of its own."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for name, end in (("stdout", 1), ("stderr", 2)):
        stream = voice(end, folder)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    mute_warnings(folder)
    faulthandler.enable(2, all_threads=False)
