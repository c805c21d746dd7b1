"""`sol` and `ref`: calls that run in a worker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from prep.grading.judge.arrays import from_array, to_array
from prep.grading.judge.memory import Answers
from prep.grading.judge.outcomes import (
    ReferenceFailedError,
    SolutionRaisedError,
    UnusableSolutionError,
    WorkerLostError,
    lost_note,
)
from prep.model.judgement import Note
from prep.wire.channel import GoneError, LateError, receive, receive_any, send
from prep.wire.forking import attached
from prep.wire.messages import (
    Another,
    Call,
    Fate,
    FromWorker,
    Lost,
    Raised,
    Ready,
    Refused,
    Value,
)
from prep.wire.values import Packed, WireError, pack, unpack

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from prep.wire.messages import Brief, Loss, Role

# Each loss may cost a whole deadline.
_MOST_LOSSES = 2
_KILLING = 30


class Link:
    """The judge's end of one worker, which is replaced when it is lost."""

    def __init__(self, role: Role, control: socket.socket, brief: Brief) -> None:
        self._role, self._control, self._brief = role, control, brief
        self._sock: socket.socket | None = None
        self._losses = 0
        self._number = 0
        self._unusable: Exception | None = None
        self._answers = Answers(brief.answers if role == "ref" else "")
        self._probes: dict[tuple[str, bytes, bytes], Packed | Exception] = {}
        self.calls = 0
        self.answered = False
        self.changed: list[str] = []
        self.loading = self.longest_call = 0.0  # seconds

    def begin_check(self) -> None:
        """Count calls anew, so that a check's calls are seeded alike for `sol` and `ref`."""
        self.calls, self.answered, self.changed = 0, False, []

    def probe(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """Run a probe, or return what it gave for equal arguments in this grading."""
        packed = pack((list(args), kwargs), to_array)
        key = (name, packed.structure, packed.block)
        if key not in self._probes:
            try:
                self._probes[key] = self._ask("probe", name, packed, self._brief.seed)
            except (SolutionRaisedError, WorkerLostError) as error:
                self._probes[key] = error
        result = self._probes[key]
        if isinstance(result, Exception):
            raise result
        self.answered = True  # from memory too
        return self._value(result, name)

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """Call a function of the solution."""
        self.calls += 1
        packed = pack((list(args), kwargs), to_array)
        seed = self._brief.seed + self.calls
        return self._value(self._ask("solution", name, packed, seed), name)

    def ready(self) -> None:
        """Have a worker that has loaded its solution."""
        if self._unusable is not None:
            raise self._unusable
        if self._sock is not None:
            return
        if self._losses >= _MOST_LOSSES:
            raise UnusableSolutionError("passed", Note("grade-lost-twice"))
        self._sock = self._new_worker()
        began = time.monotonic()
        try:
            answer, _ = self._receive(self._brief.import_seconds, "import")
            self.loading = max(self.loading, time.monotonic() - began)
            self._judge_loading(answer)
        except (UnusableSolutionError, ReferenceFailedError) as error:
            self._unusable = error
            raise
        except WorkerLostError as error:
            self._unusable = UnusableSolutionError(error.verdict, error.note)
            raise self._unusable from None

    def _new_worker(self) -> socket.socket:
        import socket  # noqa: PLC0415

        send(self._control, Another(self._role))
        return socket.socket(fileno=attached(self._control, _KILLING)[0])

    def _judge_loading(self, answer: FromWorker) -> None:
        match answer:
            case Ready(names):
                missing = [name for name in self._brief.entries if name not in names]
                if not missing:
                    return
                self._close()
                raise UnusableSolutionError(
                    "missing", Note("grade-missing", {"names": ", ".join(missing)})
                )
            case Refused(call, line):
                self._close()
                raise UnusableSolutionError(
                    "failed", Note("grade-forbidden", {"call": call, "line": str(line)})
                )
            case Raised():
                self._close()
                raise UnusableSolutionError.at_import(answer)
            case _:
                raise self._lost("rubbish", "import")

    def _ask(self, target: Any, name: str, packed: Packed, seed: int) -> Packed:  # noqa: ANN401
        known = self._answers.find(target, name, packed, seed)
        if known is not None:
            return known
        self.ready()
        assert self._sock is not None  # noqa: S101 - for the type checker
        self._number += 1
        call = Call(self._number, target, name, packed.structure, seed)
        began = time.monotonic()
        try:
            send(self._sock, call, block=packed.block, seconds=self._brief.call_seconds)
        except (GoneError, LateError):
            raise self._lost("gone", name) from None
        answer, block = self._receive(self._brief.call_seconds, name)
        self.longest_call = max(self.longest_call, time.monotonic() - began)
        match answer:
            case Value(id=number, result=result) if number == self._number:
                self.answered = True
                self.changed = answer.changed
                given = Packed(result, block)
                self._answers.keep(target, name, packed, seed, given)
                return given
            case Raised(id=number) if number == self._number:
                self._raise(answer)
            case _:
                pass
        raise self._lost("rubbish", name)

    def _raise(self, raised: Raised) -> None:
        if self._role == "ref":
            raise ReferenceFailedError(f"{raised.type}: {raised.text}")
        raise SolutionRaisedError(raised)

    def _value(self, packed: Packed, name: str) -> Any:  # noqa: ANN401
        try:
            return unpack(packed, from_array)
        except WireError:
            raise self._lost("rubbish", name) from None

    def _receive(self, seconds: float, what: str) -> tuple[FromWorker, bytes]:
        assert self._sock is not None  # noqa: S101
        deadline = time.monotonic() + seconds
        while True:
            try:
                return receive_any(self._sock, FromWorker, deadline=deadline)
            except LateError:
                fate = self._fate("late", seconds)
                if not fate.patience:
                    raise self._gone("late", what, fate) from None
                deadline = time.monotonic() + fate.patience
            except GoneError:
                raise self._lost("gone", what) from None
            except WireError:
                raise self._lost("rubbish", what) from None

    def _fate(self, how: Loss, allowed: float = 0) -> Fate:
        send(self._control, Lost(self._role, how, allowed))
        fate, _ = receive(self._control, Fate, deadline=time.monotonic() + _KILLING)
        return fate

    def _lost(self, how: Loss, what: str) -> Exception:
        return self._gone(how, what, self._fate(how))

    def _gone(self, how: Loss, what: str, fate: Fate) -> Exception:
        self._close()
        self._losses += 1
        if self._role == "ref":
            return ReferenceFailedError(f"{what}: {how}, {fate.reason} {fate.values}")
        return lost_note(how, what, fate)

    def _close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None


class Solution:
    """What a check sees: `sol.f(x)` runs f in the worker, `sol.probe("name", x)` a probe."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a function that runs there."""
        return lambda *args, **kwargs: self._link.call(name, args, kwargs)

    def probe(self, name: str, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Run the probe `name` beside the solution."""
        return self._link.probe(name, args, kwargs)

    def changed_arguments(self) -> list[str]:
        """Return which arguments the last call wrote to."""
        return self._link.changed
