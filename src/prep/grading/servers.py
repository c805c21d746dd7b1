"""The two processes behind a grading: one that has loaded pytest, one the exercise's libraries."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import prep
from prep.errors import EnvironmentLacksError
from prep.grading.processes import tree
from prep.model.judgement import Note
from prep.wire.channel import GoneError, LateError, receive_any, send
from prep.wire.forking import attach
from prep.wire.messages import Lacks, Warm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prep.wire.messages import Message

# `-I` would ignore PYTHONHASHSEED too; the environment is ours, so nothing else needs it.
_FLAGS = ("-s", "-P", "-B")
_LAUNCH = "import sys; sys.path.append({root!r}); from {module} import main; main()"
# Forking a process that has loaded Apple's frameworks is not safe.
_FORKS = hasattr(os, "fork") and sys.platform != "darwin"
_LOADING = 180
_ENDING = 5
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")


class LacksLibraryError(Exception):
    """What an exercise needs cannot be imported here."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.values)
        self.note = note


def clean_environment(folder: str, device: str) -> dict[str, str]:
    """Return the environment of workers: nothing of the learner's own, no network habits."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    devices = {} if device == "cuda" else {"CUDA_VISIBLE_DEVICES": ""}
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "MPLBACKEND": "Agg",
        "PYTHONBREAKPOINT": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "HF_HUB_OFFLINE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "GLOO_SOCKET_IFNAME": "lo",
        # OpenMP's spinning threads made a step 98 times slower beside another torch process.
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        **devices,
        **kept,
    }


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
        self.sock, self._process = self._started()

    def _started(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        module, arguments, environment = self._launch
        ours, theirs = socket.socketpair()
        code = _LAUNCH.format(root=str(Path(prep.__file__).parents[1]), module=module)
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

    def wait(self) -> None:
        """Wait until everything is loaded."""
        try:
            deadline = time.monotonic() + _LOADING
            answer: Warm | Lacks = receive_any(self.sock, Warm | Lacks, deadline=deadline)[0]
        except (GoneError, LateError):
            code = self._process.poll()
            raise LacksLibraryError(Note("grade-load", {"status": str(code)})) from None
        if isinstance(answer, Lacks):
            values = {"module": answer.module, "problem": answer.problem}
            raise LacksLibraryError(Note("grade-lacks", values))

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
        forks: bool = _FORKS,
    ) -> None:
        if sys.platform == "win32":
            raise EnvironmentLacksError("grade-no-windows")
        self.needs = tuple(needs)
        environment = clean_environment(os.path.abspath(os.sep), device)  # noqa: PTH100
        self.judges = Server("prep.grading.judge.start", [], environment, forks=forks)
        self.workers = Server("prep.lab.server", [list(needs), warm], environment, forks=forks)

    def wait(self) -> None:
        """Wait until both have loaded, or raise `LacksLibraryError`."""
        self.judges.wait()
        self.workers.wait()

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
