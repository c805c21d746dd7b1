from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from msgspec.msgpack import Ext

from prep.grading.judge.arrays import Array, from_array, to_array
from prep.wire.values import (
    MAX_DEPTH,
    MAX_STRUCTURE,
    Foreign,
    Packed,
    RawArray,
    TooLargeError,
    WireError,
    pack,
    unpack,
)

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(),
    st.binary(),
)  # fmt: skip
KEYS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(KEYS, inner)
    ),
    max_leaves=20,
)
ARRAYS = st.sampled_from(["bool", "int8", "uint64", "float16", "float32", "float64", "complex64"])


def nothing(_):
    return None


def there_and_back(value):
    return unpack(pack(value, to_array), from_array)


def same(one, other):
    """Compare by type too, and NaN as itself."""
    if type(one) is not type(other):
        return False
    if type(one) in {list, tuple}:
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is dict:
        return same(list(one), list(other)) and same(list(one.values()), list(other.values()))
    return repr(one) == repr(other)


@given(PLAIN)
def test_plain_data_arrives_as_it_was_sent(value):
    assert same(there_and_back(value), value)


@given(ARRAYS.flatmap(lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, min_side=0))))
def test_arrays_arrive_bit_for_bit_and_writable(array):
    got = there_and_back({"x": [array]})["x"][0]
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert got.flags.writeable
    assert not np.shares_memory(got, array)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_rubbish_is_refused_or_is_plain_data(structure, block):
    try:
        value = unpack(Packed(structure, block), from_array)
    except WireError:
        return
    pack(value, to_array)


@given(PLAIN, st.data())
def test_a_damaged_message_is_refused_or_is_plain_data(value, data):
    packed = pack([value, np.arange(3.0)], to_array)
    damaged = bytearray(packed.structure)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpack(Packed(bytes(damaged), packed.block), from_array)
    except WireError:
        return


class Liar(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    "value", [Liar(1), object(), {1}, range(3), lambda: 1, type, iter([]), np.array([object()])]
)
def test_what_is_no_plain_data_arrives_as_its_type_only(value):
    assert type(there_and_back([value])[0]) is Foreign


def test_a_structure_of_any_depth_is_cut():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    got = there_and_back(value)
    for _ in range(MAX_DEPTH + 1):
        assert type(got) is list
        got = got[0]
    assert type(got) is Foreign


@pytest.mark.parametrize("wrapped", ["list", "tuple"])
def test_deep_messages_are_refused(wrapped):
    data = msgspec.msgpack.encode(None)
    for _ in range(2_000):
        data = b"\x91" + data if wrapped == "list" else msgspec.msgpack.encode(Ext(2, data))
    with pytest.raises(WireError):
        unpack(Packed(data), nothing)


@pytest.mark.parametrize("value", [[0] * MAX_STRUCTURE, ["x" * MAX_STRUCTURE], [[]] * 3_000_000])
def test_large_structures_are_refused_before_they_are_written(value):
    with pytest.raises(TooLargeError):
        pack(value, nothing)


@pytest.mark.parametrize(
    "head",
    [
        ["numpy", "float64", [2], "cpu", False, 0],
        ["numpy", "float64", [-1], "cpu", False, 0],
        ["numpy", "float64", [1], "cpu", False, -8],
        ["numpy", "object", [1], "cpu", False, 0],
        ["numpy", "float64", [0, 1 << 62, 1 << 62], "cpu", False, 0],
        ["numpy", "float64", [1] * 40, "cpu", False, 0],
        ["pickle", "float64", [1], "cpu", False, 0],
        ["numpy", "float64", [1], "cpu", False],
        [["numpy"], "float64", [1], "cpu", False, 0],
    ],
)
def test_arrays_that_do_not_add_up_are_refused(head):
    data = msgspec.msgpack.encode(Ext(1, msgspec.msgpack.encode(head)))
    with pytest.raises(WireError):
        unpack(Packed(data, bytes(8)), from_array)


def test_timestamps_and_maps_of_msgpack_are_refused():
    for data in (b"\xd6\xff\x00\x00\x00\x01", b"\x81\x01\x02", b"\x81\x90\x02"):
        with pytest.raises(WireError):
            unpack(Packed(data), nothing)


def test_bfloat16_comes_as_float32_and_goes_back():
    raw = RawArray("torch", "bfloat16", (3,), np.array([0x3F80, 0x4049, 0x7F80], "u2").tobytes())
    got = from_array(raw)
    assert got.dtype == np.float32
    assert (got.kind, got.dtype_name) == ("torch", "bfloat16")
    assert got.tolist() == [1.0, 3.140625, math.inf]
    assert to_array(got) == raw


def test_results_of_arithmetic_keep_their_library():
    got = from_array(RawArray("torch", "float32", (2,), np.ones(2, "f4").tobytes()))
    assert isinstance(got * 2, Array)
    assert to_array((got * 2)[:1]).kind == "torch"
