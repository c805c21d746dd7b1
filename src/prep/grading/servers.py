"""The two processes behind a grading: one that has loaded pytest, one the exercise's libraries."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

from prep.errors import EnvironmentLacksError
from prep.grading.environment import clean_environment
from prep.grading.processes import tree
from prep.model.judgement import Note
from prep.wire.channel import GoneError, receive_any, send
from prep.wire.forking import attach
from prep.wire.launching import code_for
from prep.wire.messages import Lacks, Warm
from prep.wire.values import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prep.wire.messages import Message

# `-I` would ignore PYTHONHASHSEED too; the environment is ours, so nothing else needs it.
_FLAGS = ("-s", "-P", "-B")
# Forking a process that has loaded Apple's frameworks is not safe.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"
_LOADING = 180
_LOOK_EVERY = 0.03
_ENDING = 5


class GradingCancelledError(Exception):
    """Whoever asked for the grading does not want it any more."""


class LacksLibraryError(Exception):
    """What an exercise needs cannot be imported here."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.values)
        self.note = note


class Server:
    """One such process; it ends when this end of the socket is closed.

    With `forks` it forks a child for each order; else every order gets a fresh process.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[object],
        environment: Mapping[str, str],
        *,
        forks: bool,
    ) -> None:
        self._launch = (module, [forks, *arguments], environment)
        self._forks, self._fresh = forks, True
        self._used: list[subprocess.Popen[bytes]] = []
        self._loaded: Warm | Lacks | None = None
        self.sock, self._process = self._started()

    def _started(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        module, arguments, environment = self._launch
        ours, theirs = socket.socketpair()
        code = code_for(module)
        values = json.dumps([theirs.fileno(), *arguments])
        process = subprocess.Popen(  # noqa: S603 - our own module, in our own Python
            [sys.executable, *_FLAGS, "-c", code, values],
            pass_fds=[theirs.fileno()],
            env=dict(environment),
            cwd=os.path.abspath(os.sep),  # noqa: PTH100
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if "PREP_GRADING_DEBUG" in os.environ else subprocess.DEVNULL,
        )
        theirs.close()
        return ours, process

    def wait(self, cancelled: Callable[[], bool]) -> Warm:
        """Wait until everything is loaded; also raises GradingCancelledError."""
        if self._loaded is None:
            self._await_word(cancelled)
            try:
                self._loaded = receive_any(self.sock, Warm | Lacks, deadline=None)[0]
            except (GoneError, WireError):
                code = self._process.poll()
                raise LacksLibraryError(Note("grade-load", {"status": str(code)})) from None
        if isinstance(self._loaded, Lacks):
            values = {"module": self._loaded.module, "problem": self._loaded.problem}
            raise LacksLibraryError(Note("grade-lacks", values))
        return self._loaded

    def _await_word(self, cancelled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LOADING
        while not select.select([self.sock], [], [], _LOOK_EVERY)[0]:
            if cancelled():
                raise GradingCancelledError
            if time.monotonic() > deadline:
                raise LacksLibraryError(Note("grade-load-late", {"limit": str(_LOADING)}))

    def order(self, message: Message, ends: list[int]) -> subprocess.Popen[bytes] | None:
        """Have a child forked with these open files, or a fresh process, which is returned."""
        if not self._forks and not self._fresh:
            self.sock.close()
            self._used.append(self._process)
            self.sock, self._process = self._started()
        self._fresh = False
        send(self.sock, message)
        attach(self.sock, ends)
        return None if self._forks else self._process

    @property
    def is_alive(self) -> bool:
        """Return whether it can take another order."""
        return not self._forks or self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    def sweep(self) -> None:
        """Kill everything that descends from it."""
        until = time.monotonic() + _ENDING
        while time.monotonic() < until:
            left = [pid for pid in tree(self.pid) if pid != self.pid or self._is_spent]
            for pid in left:
                kill(pid)
            if not left or self._is_spent:
                break
            time.sleep(0.002)
        for process in self._used:
            process.kill()
            process.wait()
        self._used.clear()

    @property
    def _is_spent(self) -> bool:
        return not self._forks and not self._fresh

    def close(self) -> None:
        """End it and everything that it started."""
        self.sock.close()
        self.sweep()
        self._process.kill()
        self._process.wait()


class Bench:
    """A judge and workers of one set of libraries, ready for gradings one after the other."""

    def __init__(
        self,
        needs: Sequence[str],
        *,
        device: str = "cpu",
        warm: bool = False,
        forks: bool = FORKS,
    ) -> None:
        if sys.platform == "win32":
            raise EnvironmentLacksError("grade-no-windows")
        self.needs = tuple(needs)
        self.devices: tuple[str, ...] = ("cpu",)
        self.versions: dict[str, str] = {}
        environment = clean_environment(os.path.abspath(os.sep), device)  # noqa: PTH100
        self.judges = Server("prep.grading.judge.start", [], environment, forks=forks)
        self.workers = Server("prep.lab.server", [list(needs), warm], environment, forks=forks)

    def wait(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Wait until both have loaded; raises LacksLibraryError or GradingCancelledError.

        `cancelled` is asked about every 30 ms.
        """
        judge = self.judges.wait(cancelled)
        lab = self.workers.wait(cancelled)
        self.versions = {**judge.versions, **lab.versions}
        self.devices = lab.devices

    @property
    def is_alive(self) -> bool:
        """Return whether both can take another order."""
        return self.judges.is_alive and self.workers.is_alive

    def close(self) -> None:
        """End both."""
        self.workers.close()
        self.judges.close()

    def __enter__(self) -> Self:
        """Return this bench."""
        return self

    def __exit__(self, *_: object) -> None:
        """End both processes."""
        self.close()


def kill(pid: int) -> None:
    """Kill a process that may be gone already."""
    try:
        os.kill(pid, 9)
    except (ProcessLookupError, PermissionError):
        return
