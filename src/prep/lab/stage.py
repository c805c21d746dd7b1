"""Runs an exercise's demo with a solution and tells what it yields."""

from __future__ import annotations

import faulthandler
import importlib
import inspect
import os
import signal
import socket
import sys
import time
import types
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from prep.lab.device import choose_device
from prep.lab.events import Ask, Metric, Progress, Stage
from prep.lab.files import load
from prep.lab.seeding import seed_all
from prep.lab.stage_errors import lacking, threw
from prep.model.run import Curve
from prep.wire.channel import GoneError, receive, send
from prep.wire.stage import Answer, Ended, Script, Started, Stopped

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from msgspec import Struct

    from prep.lab.events import Event

# A suspended parent reads nothing; that is no reason to end.
_PATIENCE = 7 * 86_400


def main() -> None:
    """Take the script, play it and end, whatever threads the solution has left running."""
    interrupts = _Interrupts()
    faulthandler.enable(2)
    if sys.platform == "linux":
        from prep.lab import linux  # noqa: PLC0415 - there is no such module elsewhere

        linux.die_with_parent()
    sock = socket.socket(fileno=int(sys.argv[1]))
    # `multiprocessing` with spawn would import this module as the main one.
    sys.modules["__main__"] = types.ModuleType("__main__")
    with suppress(GoneError):
        _Play(sock, receive(sock, Script, deadline=None)[0], interrupts).run()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(0)


class _Interrupts:
    """Ctrl-C raises KeyboardInterrupt, but never in the middle of a message."""

    def __init__(self) -> None:
        self._held = self._pending = False
        signal.signal(signal.SIGINT, self._come)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let an interrupt wait until this block has ended."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def end(self) -> None:
        """Ignore interrupts from here on: the run is ending anyway."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._pending = False

    def _come(self, *_: object) -> None:
        if not self._held:
            raise KeyboardInterrupt
        self._pending = True


class _Play:
    def __init__(self, sock: socket.socket, script: Script, interrupts: _Interrupts) -> None:
        self._sock, self._script, self._interrupts = sock, script, interrupts
        self._solution = str(Path(script.folder, "solution.py"))
        self._points: dict[str, list[Metric]] = {}
        self._began = time.perf_counter()

    def run(self) -> None:
        """Play, then tell what it took; nothing is raised but that the parent is gone."""
        last: Struct | None = None
        try:
            self._play()
        except KeyboardInterrupt:
            last = Stopped()
        except BaseException as error:  # noqa: BLE001 - SystemExit too: the parent words them all
            problem = threw(error, self._solution)
            last = problem if problem.frames else lacking(error) or problem
        self._interrupts.end()
        if last is not None:
            self._tell(last)
        seconds = time.perf_counter() - self._began
        memory = _memory()  # before matplotlib takes its share
        self._tell(Ended(seconds, *memory, self._picture()))

    def _play(self) -> None:
        script = self._script
        for name in script.needs:
            importlib.import_module(name)
        device = choose_device(script.device)
        sys.dont_write_bytecode = True
        sys.path += [script.folder, script.exercise]
        os.chdir(script.folder)
        solution = load("solution", self._solution)
        demo = load("demo", str(Path(script.exercise, "demo.py")))
        self._tell(Started(device))
        seed_all(script.seed)
        stage = Stage(device, script.quick, script.seed, Path(script.folder), script.options)
        self._began = time.perf_counter()
        self._follow(demo.demo(solution, stage))

    def _follow(self, demo: Generator[Event, str | None]) -> None:
        """Tell every event; an interrupt reaches the demo wherever it comes."""
        interrupt: KeyboardInterrupt | None = None
        answer: str | None = None
        while True:
            try:
                event = demo.throw(interrupt) if interrupt else demo.send(answer)
                interrupt, answer = None, self._told(event)
            except StopIteration:
                return
            except KeyboardInterrupt as error:
                if inspect.getgeneratorstate(demo) == inspect.GEN_CLOSED:
                    raise
                interrupt = error

    def _told(self, event: Event) -> str | None:
        """Send an event and return the answer, if it is one that is answered."""
        match event:
            case Metric():  # numbers may be numpy's
                event = Metric(event.name, int(event.step), float(event.value))
                self._points.setdefault(event.name, []).append(event)
            case Progress():
                event = structs.replace(event, done=int(event.done), total=int(event.total))
            case _:
                pass
        _check(event)
        self._tell(event)
        return self._answer() if isinstance(event, Ask) else None

    def _answer(self) -> str | None:
        asked = time.perf_counter()
        answer = receive(self._sock, Answer, deadline=None)[0].text
        self._began += time.perf_counter() - asked  # the learner's time is not the run's
        return answer

    def _tell(self, message: Struct) -> None:
        with self._interrupts.held():
            send(self._sock, message, seconds=_PATIENCE)

    def _picture(self) -> str:
        """Draw the curves into the run's folder; return the file's path, or nothing."""
        if not self._points:
            return ""
        from prep.lab.picture import draw  # noqa: PLC0415 - matplotlib is slow to load

        curves = [
            Curve(name, tuple(p.step for p in points), tuple(p.value for p in points))
            for name, points in self._points.items()
        ]
        try:
            return draw(curves, Path(self._script.folder, "curves.png"))
        except (ImportError, OSError):
            return ""


def _check(event: Event) -> None:
    """Refuse an event whose parts are of another type: nobody could read it."""
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=type(event))
    except (msgspec.MsgspecError, TypeError) as error:
        problem = f"demo.py yields {event!r}: {error}"
        raise TypeError(problem) from error


def _memory() -> tuple[int, int]:
    """Return the peak memory of this process and of its CUDA device, in bytes."""
    import resource  # noqa: PLC0415 - not there on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    torch: Any = sys.modules.get("torch")
    used = torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized()
    on_device = int(torch.cuda.max_memory_allocated()) if used else 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, on_device
