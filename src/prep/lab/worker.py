"""The untrusted side: holds a solution and answers calls. Nothing that it says is believed."""

from __future__ import annotations

import os
import sys
import types
from contextlib import suppress
from functools import partial
from opcode import opmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prep.lab.arrays import from_array, to_array
from prep.lab.device import prepare
from prep.lab.files import clean, frames_in, load, message_of
from prep.lab.guard import ForbiddenCallError, guard
from prep.lab.seeding import seed_all
from prep.lab.source import forbidden_use
from prep.wire.channel import GoneError, receive, send
from prep.wire.messages import Call, Raised, Ready, Refused, Value
from prep.wire.values import Foreign, Packed, TooLargeError, pack, unpack

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from prep.wire.messages import FromWorker, Order

_RAISE = opmap["RAISE_VARARGS"]
_MOST_NAMES = 1_000


def work(sock: socket.socket, order: Order) -> None:
    """Load the solution in this working folder and answer calls until nobody asks."""
    # `multiprocessing` with spawn would import the server's own main module again.
    sys.modules["__main__"] = types.ModuleType("__main__")
    folder = Path(order.folder)
    sys.path.append(order.folder)
    file = str(folder / "solution.py")
    seed_all(order.seed)
    with guard(order.forbidden, file):
        solution = _loaded(sock, order, file)
        probe = load("probe", str(folder / "probe.py")) if order.probe else None
        names = [name for name in vars(solution) if type(name) is str and name[:2] != "__"]
        send(sock, Ready(names[:_MOST_NAMES]))
        _Desk(sock, solution, probe, order).answer()


def _loaded(sock: socket.socket, order: Order, file: str) -> types.ModuleType:
    try:
        prepare(order.device)
        if order.forbidden:
            use = forbidden_use(Path(file).read_bytes(), order.forbidden)
            if use is not None:
                _say(sock, Refused(use.call, use.line))
                os._exit(0)
        return load("solution", file)
    except BaseException:  # noqa: BLE001 - SystemExit too: the judge words them all
        message = _raised(0, file)
    _say(sock, message)
    os._exit(0)


class _Desk:
    """Takes calls one after the other."""

    def __init__(
        self,
        sock: socket.socket,
        solution: types.ModuleType,
        probe: types.ModuleType | None,
        order: Order,
    ) -> None:
        self._sock, self._solution, self._probe = sock, solution, probe
        self._file = str(Path(order.folder, "solution.py"))
        self._arrive = partial(from_array, device=order.device)

    def answer(self) -> None:
        """Answer until the judge is gone."""
        while True:
            try:
                call, block = receive(self._sock, Call, deadline=None)
            except GoneError:
                os._exit(0)
            _say(self._sock, *self._result(call, block))

    def _result(self, call: Call, block: bytes) -> tuple[FromWorker, bytes]:
        args, kwargs = unpack(Packed(call.arguments, block), self._arrive)
        before = _prints(args, kwargs)
        try:
            seed_all(call.seed)
            value = self._function(call)(*args, **kwargs)
            packed = _packed(value)
        except BaseException:  # noqa: BLE001 - whatever it raises is the answer
            return _raised(call.id, self._file), b""
        finally:
            _flush()
        after = _prints(args, kwargs)
        changed = [name for name, was in before.items() if after[name] != was]
        return Value(call.id, packed.structure, changed), packed.block

    def _function(self, call: Call) -> Any:  # noqa: ANN401
        if call.target == "solution":
            return getattr(self._solution, call.name)
        probe = getattr(self._probe, call.name)
        return lambda *args, **kwargs: probe(self._solution, *args, **kwargs)


def _packed(value: object) -> Packed:
    try:
        return pack(value, to_array)
    except TooLargeError as error:
        return pack(Foreign(f"over {error.args[0] >> 20} MiB of values"), _as_it_is)


def _as_it_is(value: object) -> Foreign | None:
    return value if isinstance(value, Foreign) else None


def _prints(args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
    """Return what tells whether an argument has been written to."""
    named = {str(place): value for place, value in enumerate(args)} | dict(kwargs)
    return {name: _packed(value) for name, value in named.items()}


def _say(sock: socket.socket, message: FromWorker, block: bytes = b"") -> None:
    with suppress(GoneError):
        send(sock, message, block=block)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):
            stream.flush()


def _raised(number: int, file: str) -> Raised:
    kind, error, trace = sys.exc_info()
    module = error.name if isinstance(error, ModuleNotFoundError) else ""
    return Raised(
        id=number,
        type=clean(kind.__name__ if kind is not None else "")[:80],
        text=message_of(error),
        frames=frames_in(file, error),
        own=_raised_in(trace, file),
        syntax=isinstance(error, SyntaxError) and number == 0,
        module=module if type(module) is str else "",
        forbidden=error.call if type(error) is ForbiddenCallError else "",
    )


def _raised_in(trace: types.TracebackType | None, file: str) -> bool:
    """Tell a `raise` of the file's own from what a library's C code raised in a call there."""
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return code.co_filename == file and code.co_code[trace.tb_lasti] == _RAISE
