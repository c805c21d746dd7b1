"""The process that runs a demo, seen from outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from prep.errors import EnvironmentLacksError
from prep.wire.channel import send
from prep.wire.launching import INTERRUPT, KILL, code_for

if TYPE_CHECKING:
    from prep.wire.stage import Script

_MOST_THREADS = 8
_ENDING = 10


class StageProcess:
    """A keeper and, below it, the demo. `control` gives the exit code when all of it has ended."""

    def __init__(self, script: Script) -> None:
        if sys.platform == "win32":
            raise EnvironmentLacksError("run-no-windows")
        self.sock, stage_end = socket.socketpair()
        self.control, control_end = socket.socketpair()
        ends = [control_end.fileno(), stage_end.fileno()]
        code = code_for("prep.lab.stage_keeper")
        self._process = subprocess.Popen(  # noqa: S603 - our own module, in our own Python
            [sys.executable, "-P", "-c", code, json.dumps(ends)],
            pass_fds=ends,
            env=environment(script.device),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        stage_end.close()
        control_end.close()
        for stream in self.streams:
            os.set_blocking(stream, False)
        send(self.sock, script)

    @property
    def streams(self) -> tuple[int, int]:
        """Return the file descriptors of output and errors."""
        out, err = self._process.stdout, self._process.stderr
        if out is None or err is None:
            raise RuntimeError
        return out.fileno(), err.fileno()

    def interrupt(self) -> None:
        """Ask the demo to stop, as Ctrl-C would."""
        self._order(INTERRUPT)

    def kill(self) -> None:
        """End everything at once."""
        self._order(KILL)

    def _order(self, order: bytes) -> None:
        with suppress(OSError):
            self.control.send(order)

    def code(self) -> int | None:
        """Return the demo's exit code (negative: the signal) once everything has ended."""
        try:
            return int(self.control.recv(16))
        except (OSError, ValueError):
            return None

    def __enter__(self) -> Self:
        """Return this process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what is left."""
        self.kill()
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for end in (self.sock, self.control, self._process.stdout, self._process.stderr):
            if end is not None:
                end.close()


def environment(device: str) -> dict[str, str]:
    """Return the learner's environment, with libraries told to be quiet and not to spin."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    ours = {
        # OpenMP's spinning threads made a step 98 times slower beside another torch process.
        "OMP_WAIT_POLICY": "PASSIVE",
        # The models are small: more threads cost more than they give.
        "OMP_NUM_THREADS": str(min(cores or 1, _MOST_THREADS)),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MPLBACKEND": "Agg",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {}
    return {**ours, **os.environ, **hidden, "PYTHONIOENCODING": ours["PYTHONIOENCODING"]}
