"""Values read from what was printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.literals import UNREADABLE, Array, Call, Name, Size, read_literal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3),
        ("+3", 3),
        ("(1, 'a', None)", (1, "a", None)),
        ("tensor([1, 2], device='cuda:0')", Array([1, 2])),
        ("array([1.], dtype=float32)", Array([1.0], "float32")),
        ("torch.Size([2])", Size((2,))),
        ("np.int64(3)", 3),
        ("torch.float16", Name("float16")),
        ("deque([1])", Call("deque", ([1],))),
        ("[[1 2]\n [3 4]]", [[1, 2], [3, 4]]),
    ],
)
def test_a_printed_value_is_read(text, value):
    assert read_literal(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "hello world", "1 +", "a + b", "f(*x)", "f(1)(2)", "x[0]", "~3", "-'a'", "[" * 300, "\0"],
)
def test_what_is_no_value_is_unreadable(text):
    assert read_literal(text) is UNREADABLE


@given(st.recursive(st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3)))
def test_what_python_writes_is_read_back(value):
    assert read_literal(repr(value)) == value
