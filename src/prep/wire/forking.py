"""A process that has loaded what is slow to load, and forks a child for each request.

It never runs anything with what it loaded: threads that a library starts would not survive the
fork. Where there is no fork, a process serves one request itself, with the same results.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING, TypeVar

from prep.wire.channel import GoneError, receive

if TYPE_CHECKING:
    from collections.abc import Callable

    from prep.wire.messages import Message

M = TypeVar("M", bound="Message")
OUR_BUG = 70
MOST_ENDS = 8


def serve(
    sock: socket.socket, kind: type[M], handle: Callable[[M, list[int]], None], *, forks: bool
) -> None:
    """Answer requests until the other side is gone; each comes with open files of its own."""
    if forks:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    while True:
        try:
            message, _ = receive(sock, kind, deadline=None)
            ends = attached(sock)
        except GoneError:
            return
        if not forks:
            sock.close()
            handle(message, ends)
            return
        if os.fork() == 0:
            sock.close()
            _child(handle, message, ends)
        for end in ends:
            os.close(end)


def attach(sock: socket.socket, ends: list[int]) -> None:
    """Send open files after a message."""
    sock.settimeout(30)
    try:
        socket.send_fds(sock, [b"f"], ends)
    except OSError:
        raise GoneError from None


def attached(sock: socket.socket, seconds: float | None = 30) -> list[int]:
    """Return the open files that follow a message."""
    sock.settimeout(seconds)
    try:
        data, ends, _, _ = socket.recv_fds(sock, 1, MOST_ENDS)
    except OSError:
        raise GoneError from None
    if not data:
        raise GoneError
    return ends


def _child(handle: Callable[[M, list[int]], None], message: M, ends: list[int]) -> None:
    code = OUR_BUG
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        handle(message, ends)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may return into the server's own code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
