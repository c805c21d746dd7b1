from __future__ import annotations

import socket
import struct
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.wire.channel import GoneError, LateError, receive, receive_any, send
from prep.wire.messages import Began, Call, FromJudge, FromWorker, Lost
from prep.wire.values import MAX_BLOCK, WireError


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def soon():
    return time.monotonic() + 2


def test_a_message_arrives_with_its_block(ends):
    one, other = ends
    call = Call(1, "solution", "f", b"\x90", 7)
    block = bytes(range(256)) * 8_000
    sender = threading.Thread(target=send, args=(one, call), kwargs={"block": block})
    sender.start()
    assert receive(other, Call, deadline=soon()) == (call, block)
    sender.join()


def test_unions_are_told_apart(ends):
    send(ends[0], Lost("sol", "late", 2.0))
    assert receive_any(ends[1], FromJudge, deadline=soon())[0] == Lost("sol", "late", 2.0)


def test_silence_is_late_and_the_end_is_gone(ends):
    with pytest.raises(LateError):
        receive(ends[1], Began, deadline=time.monotonic() + 0.05)
    ends[0].close()
    with pytest.raises(GoneError):
        receive(ends[1], Began, deadline=soon())


def test_a_message_that_trickles_is_late_as_a_whole(ends):
    ends[0].sendall(struct.pack(">IQ", 50, 0) + b"x")
    began = time.monotonic()
    with pytest.raises(LateError):
        receive(ends[1], Began, deadline=began + 0.1)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("lengths", [(1 << 31, 0), (1, MAX_BLOCK + 1), (1, 1 << 63)])
def test_promises_of_too_much_are_refused_at_once(ends, lengths):
    ends[0].sendall(struct.pack(">IQ", *lengths))
    with pytest.raises(WireError):
        receive(ends[1], Began, deadline=soon())


@given(st.binary(min_size=12, max_size=200))
def test_rubbish_is_refused_or_ends(data):
    one, other = socket.socketpair()
    with one, other:
        one.sendall(data)
        one.close()
        with pytest.raises((WireError, GoneError)):
            _read_all(other)


def _read_all(sock):
    while True:
        receive_any(sock, FromWorker, deadline=soon())
