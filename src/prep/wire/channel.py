"""Messages over a socket, with a deadline: a head of two lengths, a structure, a block of bytes."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from prep.wire.values import MAX_BLOCK, MAX_STRUCTURE, TooLargeError, WireError

if TYPE_CHECKING:
    import socket

M = TypeVar("M")

_LENGTHS = struct.Struct(">IQ")
# The structure of a value is wrapped in the structure of its message.
_MAX_MESSAGE = MAX_STRUCTURE + (64 << 10)
_PIECE = 1 << 20


class GoneError(Exception):
    """The other side closed the connection."""


class LateError(Exception):
    """There was no whole message before the deadline."""


def send(sock: socket.socket, message: Struct, *, block: bytes = b"", seconds: float = 30) -> None:
    """Send one message; `GoneError` or `LateError` when the other side does not take it."""
    data = msgspec.msgpack.encode(message)
    if len(data) > _MAX_MESSAGE or len(block) > MAX_BLOCK:
        raise TooLargeError(len(data))
    sock.settimeout(seconds)
    try:
        sock.sendall(_LENGTHS.pack(len(data), len(block)) + data)
        if block:
            sock.sendall(block)
    except TimeoutError:
        raise LateError from None
    except OSError:
        raise GoneError from None


def receive(sock: socket.socket, kind: type[M], *, deadline: float | None) -> tuple[M, bytes]:
    """Return the next message and its block; `deadline` is a moment of `time.monotonic`."""
    structure, block = _LENGTHS.unpack(_read(sock, _LENGTHS.size, deadline))
    if structure > _MAX_MESSAGE or block > MAX_BLOCK:
        raise WireError("too large")
    data = _read(sock, structure, deadline)
    rest = _read(sock, block, deadline)
    try:
        return msgspec.msgpack.decode(data, type=kind), rest
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError) as error:
        raise WireError(str(error)[:200]) from None


def receive_any(
    sock: socket.socket,
    kinds: Any,  # noqa: ANN401 - a union of messages, which no type of a type can name
    *,
    deadline: float | None,
) -> tuple[Any, bytes]:
    """Return the next message, one of a union."""
    return receive(sock, kinds, deadline=deadline)


def _read(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    out = bytearray()
    while len(out) < size:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise LateError
        sock.settimeout(left)
        try:
            piece = sock.recv(min(size - len(out), _PIECE))
        except TimeoutError:
            raise LateError from None
        except OSError:
            raise GoneError from None
        if not piece:
            raise GoneError
        out += piece
    return bytes(out)
