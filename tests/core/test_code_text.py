"""Comparing code by tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.code_text import code_tokens, same_code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dim=-1", "dim = -1"),
        ("'a'", '"a"'),
        ('f"{x}"', "f'{x}'"),
        ("r'\\d'", 'r"\\d"'),
        ("f(x, y,)", "f(x,y)"),
        ("[x,]", "[x]"),
        ("(1, 2,)", "(1, 2)"),
        ("(5,)", "( 5 , )"),
        ("x;", "x"),
        ("x,", "x"),
        ("1e-5", "0.00001"),
        ("1_000", "1000"),
        ("（x，y）", "(x,y)"),
        ("`dim=-1`", "dim=-1"),
        ("“a”", '"a"'),
        ("f(\n    x)", "f(x)"),
        ("x  # why", "x"),
        ("x = [", "x=["),
    ],
)
def test_spacing_quotes_and_trailing_commas_do_not_matter(one, other):
    assert same_code(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(5,)", "(5)"),
        ("return (x,)", "return (x)"),
        ("x[0,]", "x[0]"),
        ("1", "1.0"),
        ("softmax", "Softmax"),
        ("a b", "ab"),
        ("'a b'", "'ab'"),
        ("no_grad():", "no_grad()"),
        ("-1", "1"),
        ("f'{x}'", "'{x}'"),
        ("", "x"),
    ],
)
def test_what_python_tells_apart_is_told_apart(one, other):
    assert not same_code(one, other)


@given(st.text(max_size=40) | st.text(alphabet="ab1.,;()[]{}'\"\\f# \n=-", max_size=30))
def test_any_text_can_be_split(text):
    assert same_code(text, text)
    assert same_code(f" {text} ", text)
    assert isinstance(code_tokens(text), tuple)
