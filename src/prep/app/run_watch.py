"""One run, watched from its first message to the end of its last process."""

from __future__ import annotations

import os
import selectors
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from prep.app.run_record import Printed, Record
from prep.model.demo import Ask
from prep.wire.channel import GoneError, LateError, receive_any, send
from prep.wire.stage import Answer, Ended, FromStage, Lacking, Started, Stopped, Threw
from prep.wire.values import WireError

if TYPE_CHECKING:
    from pathlib import Path

    from prep.app.run_process import StageProcess
    from prep.model.demo import Event
    from prep.model.run import Begun
    from prep.model.text import Text

# How long a demo may clean up; how long the rest of a message may take, also after the end.
_GRACE, _MESSAGE, _LAST = 10.0, 60.0, 1.0
_TICK = 0.1


class Audience(Protocol):
    """Whoever watches a run."""

    def begin(self, begun: Begun) -> None:
        """See that a run begins: its libraries are being loaded."""

    def started(self, device: str) -> None:
        """See that the demo begins."""

    def event(self, event: Event) -> None:
        """See an event."""

    def printed(self, line: str) -> None:
        """See a line that the solution printed."""

    def stopping(self, seconds: float) -> None:
        """See that the demo was asked to stop, and how long it may take."""

    def tick(self) -> None:
        """Be called several times a second."""

    def ask(self, text: Text) -> str | None:
        """Return an answer; None when there is none. Raises KeyboardInterrupt."""


class Stop(Protocol):
    """Becomes readable each time that the learner wants to stop."""

    def fileno(self) -> int:
        """Return what to wait for."""

    def take(self) -> None:
        """Take one wish back from the queue."""


class Watch:
    """What one run has told; `run` returns when nothing of it is left."""

    def __init__(self, process: StageProcess, audience: Audience, stop: Stop, folder: Path) -> None:
        self._process, self._audience, self._stop = process, audience, stop
        self._late: float | None = None
        self._is_over = False
        self.began = time.monotonic()
        self.record = Record()
        self.output = [Printed(folder / "output.txt"), Printed(folder / "errors.txt")]
        self.device = ""
        self.stops = 0
        self.stopped = False
        self.threw: Threw | None = None
        self.lacking: Lacking | None = None
        self.ended: Ended | None = None
        self.code: int | None = None

    def run(self) -> None:
        """Watch to the end."""
        try:
            self._follow()
            self._drain()
        finally:
            for printed in self.output:
                printed.close()

    def _follow(self) -> None:
        process = self._process
        with selectors.DefaultSelector() as selector:
            selector.register(process.sock, selectors.EVENT_READ, self._message)
            selector.register(process.control, selectors.EVENT_READ, self._over)
            selector.register(self._stop, selectors.EVENT_READ, self._stop_wanted)
            for number, stream in enumerate(process.streams):
                selector.register(stream, selectors.EVENT_READ, number)
            while not self._is_over:
                for key, _ in selector.select(_TICK):
                    if not self._handle(key.data):
                        selector.unregister(key.fileobj)
                if self._late is not None and time.monotonic() > self._late:
                    process.kill()
                self._audience.tick()

    def _handle(self, what: object) -> bool:
        """Deal with what is ready; False when no more will come of it."""
        if isinstance(what, int):
            return self._print(what) is not None
        return bool(what()) if callable(what) else False

    def _message(self, seconds: float = _MESSAGE) -> bool:
        deadline = time.monotonic() + seconds
        try:
            message = receive_any(self._process.sock, FromStage, deadline=deadline)[0]
        except (GoneError, LateError, WireError):  # a solution may have written to the socket
            return False
        match message:
            case Started(device):
                self.device = device
                self._audience.started(device)
            case Threw():
                self.threw = message
            case Lacking():
                self.lacking = message
            case Ended():
                self.ended = message
            case Stopped():
                self.stopped = True
            case _:
                self._event(message)
        return True

    def _event(self, event: Event) -> None:
        self.record.add(event)
        self._audience.event(event)
        if not isinstance(event, Ask) or self._is_over:
            return
        try:
            answer = self._audience.ask(event.text)
        except KeyboardInterrupt:
            self._end_it()
            return
        with suppress(GoneError, LateError):
            send(self._process.sock, Answer(answer))

    def _over(self) -> bool:
        self.code = self._process.code()
        self._is_over = True
        return False

    def _stop_wanted(self) -> bool:
        self._stop.take()
        self._end_it()
        return True

    def _end_it(self) -> None:
        """Ask once, then insist."""
        self.stops += 1
        if self.stops > 1:
            self._process.kill()
            return
        self._late = time.monotonic() + _GRACE
        self._process.interrupt()
        self._audience.stopping(_GRACE)

    def _print(self, number: int) -> int | None:
        """Take in what a stream printed; return how much it was, None at its end."""
        try:
            data = os.read(self._process.streams[number], 1 << 16)
        except BlockingIOError:
            return 0
        lines = self.output[number].take(data)
        if number == 0:
            for line in lines:
                self._audience.printed(line)
        return len(data) or None

    def _drain(self) -> None:
        """Take in what was said before the end."""
        while self._message(_LAST):
            continue
        for number in range(len(self.output)):
            while self._print(number):
                continue
