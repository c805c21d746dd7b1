"""The supervisor's side of one worker: its streams, its state, its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.grading.processes import cpu_seconds, is_alive, tree, unshared, waited_seconds
from prep.grading.servers import kill
from prep.model.verdict import Output
from prep.wire.channel import GoneError, LateError, receive_any
from prep.wire.messages import Broken, Ended, Fate, FromKeeper, Running, Walled
from prep.wire.values import WireError

if TYPE_CHECKING:
    from prep.grading.servers import Server
    from prep.wire.messages import Loss, Order

KEPT = 64 << 10
_PIECE = 1 << 18
# What may still lie in a pipe when its writers are dead.
_PIECES = 64
_REAPING = 1.0
_KILLING = 5.0
# Of its deadline, a call must have had this share of a processor, or it was waiting for something.
_IDLE_SHARE = 0.2
# A call that could not run for this share of its deadline gets more time, once.
_STARVED_SHARE = 0.25
_MIB = 1 << 20


class Stream:
    """The beginning of what a pipe carried, and how much it was."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.total = 0

    def take(self, end: int) -> bool:
        """Read a piece; return whether there may be more."""
        try:
            piece = os.read(end, _PIECE)
        except BlockingIOError:
            return False
        except OSError:
            return False
        self.total += len(piece)
        room = KEPT - len(self.kept)
        if room > 0:
            self.kept += piece[:room]
        return bool(piece)

    def output(self) -> Output:
        """Return it as text; bytes that are none are shown as �."""
        return Output(self.kept.decode("utf-8", "replace"), self.total)


class Looked(Struct, frozen=True):
    """Memory over the start and number of processes of a worker's tree."""

    memory: int
    processes: int


class Worker:
    """One worker from order to end."""

    def __init__(self, server: Server, order: Order, streams: tuple[Stream, Stream]) -> None:
        self.order = order
        self.streams = streams
        self.judge_end, work_end = socket.socketpair()
        self.output, output_end = os.pipe()
        self.errors, errors_end = os.pipe()
        self.status, status_end = socket.socketpair()
        ends = [work_end.fileno(), output_end, errors_end, status_end.fileno()]
        try:
            self._process = server.order(order, ends)
        except (GoneError, LateError):
            self._close()
            raise
        finally:
            work_end.close()
            status_end.close()
            os.close(output_end)
            os.close(errors_end)
        for end in (self.output, self.errors):
            os.set_blocking(end, False)
        self.walled: Walled | None = None
        self.broken = ""
        self.overrun: Fate | None = None
        self.ended: int | None = None
        self._pid: int | None = None
        self._base: int | None = None
        self._extended = False

    def ends(self) -> dict[int | socket.socket, str]:
        """Return what to wait for, by what it carries."""
        return {self.output: "out", self.errors: "err", self.status: "status"}

    def listen(self) -> bool:
        """Hear one message about its state; return whether there may be more."""
        try:
            message: FromKeeper = receive_any(
                self.status, FromKeeper, deadline=time.monotonic() + 1
            )[0]
        except (GoneError, LateError, WireError):
            return False
        match message:
            case Walled():
                self.walled = message
                self._base = max((unshared(pid) for pid in self._tree()[:2]), default=0)
            case Running(pid):
                self._pid = pid
            case Ended(status):
                self.ended = status
            case Broken(problem):
                self.broken = problem
        return True

    def _tree(self) -> list[int]:
        return tree(self._pid) if self._pid is not None else []

    def look(self) -> Looked:
        """Measure the whole tree."""
        pids = self._tree()
        base = self._base
        if base is None:
            return Looked(0, len(pids))
        return Looked(sum(max(0, unshared(pid) - base) for pid in pids), len(pids))

    def check_limits(self, memory_mb: int, processes: int) -> None:
        """Kill it if it has grown over its limits."""
        if self.overrun is not None:
            return
        looked = self.look()
        if looked.memory > memory_mb * _MIB:
            values = {"used": str(looked.memory // _MIB), "limit": str(memory_mb)}
            self.overrun = Fate("out_of_memory", values)
        elif looked.processes > processes + 2:
            values = {"used": str(looked.processes), "limit": str(processes)}
            self.overrun = Fate("limit", values)
        if self.overrun is not None:
            self._kill_tree()

    def fate(self, how: Loss, allowed: float) -> Fate:
        """Return what became of it, or grant more time when the machine was busy."""
        if how == "gone":
            self._await_end()
        if self.overrun is not None:
            return self.overrun
        if how == "late":
            return self._late(allowed)
        if self.ended is None:
            return Fate("alive", {})
        if os.WIFSIGNALED(self.ended):
            return Fate("crashed", {"signal": _signal_name(os.WTERMSIG(self.ended))})
        return Fate("exited", {"status": str(os.WEXITSTATUS(self.ended))})

    def _late(self, allowed: float) -> Fate:
        pids = self._tree()
        used = sum(cpu_seconds(pid) for pid in pids)
        waited = max((waited_seconds(pid) for pid in pids), default=0.0)
        if waited > _STARVED_SHARE * allowed and not self._extended:
            self._extended = True
            return Fate("starved", {}, min(waited, allowed))
        values = {"cpu": f"{used:.1f}", "limit": f"{allowed:g}"}
        return Fate("idle" if used < _IDLE_SHARE * allowed else "busy", values)

    def _await_end(self) -> None:
        """Wait until the keeper has told how it ended, or the process itself has."""
        until = time.monotonic() + _REAPING
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(_REAPING)
                self.ended = -code if code < 0 else code << 8
            return
        while self.ended is None and not self.broken and time.monotonic() < until:
            if not self.listen():
                return

    def leftovers(self) -> int:
        """Return how many processes it has started that still run."""
        namespaced = self.walled is not None and "namespaces" in self.walled.measures
        return max(0, len(self._tree()) - (2 if namespaced else 1))

    def end(self) -> None:
        """Kill it and all it started, and read what its pipes still hold."""
        self._kill_tree()
        self.status.setblocking(False)  # noqa: FBT003
        while self.listen():
            pass
        for stream, end in zip(self.streams, (self.output, self.errors), strict=True):
            for _ in range(_PIECES):
                if not stream.take(end):
                    break
        self._close()

    def _close(self) -> None:
        os.close(self.output)
        os.close(self.errors)
        self.status.close()
        self.judge_end.close()

    def _kill_tree(self) -> None:
        """Kill until nothing of the tree is left; PID 1 takes its namespace with it."""
        if self._process is not None:
            self._process.poll()
        until = time.monotonic() + _KILLING
        while self._pid is not None and time.monotonic() < until:
            pids = self._tree()
            for pid in pids:
                kill(pid)
            if len(pids) == 1 and not is_alive(pids[0]):
                return
            time.sleep(0.002)


def _signal_name(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return str(number)
