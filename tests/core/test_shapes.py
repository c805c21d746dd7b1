"""Shapes with symbols."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.bad_answer import BadAnswerError
from prep.core.shapes import compare_shapes, parse_shape, show_shape, symbols_of

KEY = parse_shape("(B, H, S, 3*D)")
SYMBOLS = symbols_of(KEY)


@pytest.mark.parametrize(
    "text",
    [
        "(B, H, S, 3*D)",
        "B,H,S,3D",
        "[B, H, S, D*3]",
        "(B，H，S，2*D+D)",
        "B×H×S×3D",
        "B x H x S x 3D",
        "B H S 3D",
        "b, h, s, 3d",
        "torch.Size([B, H, S, 3D])",
        "(B, H, S, 3×D)",
        "(B, H, S, 3·D)",
        "(B, H, S, (1+2)D)",
        "(B, H, S+1-1, 6D/2)",
        "((B, H, S, 3D))",
        "{B, H, S, 3D}",
        "(B, H, S, 3D,)",
    ],
)
def test_one_shape_is_read_in_every_usual_writing(text):
    assert parse_shape(text, SYMBOLS) == KEY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(5,)", "5"),
        ("()", "scalar"),
        ("[]", "标量"),
        ("torch.Size([])", "()"),
        ("S//2", "S/2"),
        ("S//2", "⌊S/2⌋"),
        ("S//2", "floor(S/2)"),
        ("S", "floor(2*S/2)"),
        ("(S+2)//2", "S//2 + 1"),
        ("2S//4", "S/2"),
        ("(S-K+2P)//T + 1", "(S + 2*P - K + T)/T"),
        ("H*(D/H)", "D"),
        ("3D//H", "3*(D//H)"),
        ("S²", "S*S"),
        ("S**2", "S^2"),
        ("(B+1)*(B-1)", "B^2 - 1"),
        ("(2, 3)", "2x3"),
        ("-S + 2S", "S"),
        ("ceil(S/2)", "⌈S/2⌉"),
        ("(BS, D)", "(B*S, D)"),
        ("BxSxD", "(B, S, D)"),
    ],
)
def test_equal_sizes_are_one_whatever_their_form(one, other):
    symbols = {"B", "S", "D", "H", "K", "P", "T"}
    assert parse_shape(one, symbols) == parse_shape(other, symbols)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("S//2", "ceil(S/2)"),
        ("2*(S//2)", "S"),
        ("S//2", "S//3"),
        ("S-1", "1-S"),
        ("(B, S)", "(B*S)"),
        ("(S-K)//P", "S//P - K//P"),
    ],
)
def test_different_sizes_stay_different(one, other):
    assert parse_shape(one) != parse_shape(other)


def test_case_counts_where_the_key_uses_both():
    key = parse_shape("(B, S, s)")
    assert parse_shape("(B, s, S)", symbols_of(key)) != key
    assert parse_shape("(b, S, s)", symbols_of(key)) != key


def test_a_difference_is_named():
    assert compare_shapes(KEY, KEY) == ""
    assert compare_shapes(KEY, parse_shape("(B, H, S)")) == "rank"
    assert compare_shapes(KEY, parse_shape("(B, S, H, 3D)")) == "order"
    assert compare_shapes(KEY, parse_shape("(B, H, S, D)")) == "sizes"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "answer-empty"),
        ("(B,,S)", "answer-not-a-shape"),
        ("(B, S", "answer-not-a-shape"),
        ("((B, S)", "answer-not-a-shape"),
        ("what?", "answer-not-a-shape"),
        ("B +", "answer-not-a-shape"),
        ("B, 3^S", "answer-not-a-shape"),
        ("3/0", "answer-divides-by-zero"),
        ("10^99", "answer-too-complex"),
        ("9" * 30, "answer-too-complex"),
        ("(" * 50 + "1", "answer-too-complex"),
        ("(a+b+c+d)^9", "answer-too-complex"),
        ("B," * 200, "answer-too-long"),
    ],
)
def test_nonsense_is_refused(text, code):
    with pytest.raises(BadAnswerError) as caught:
        parse_shape(text)
    assert caught.value.code == code


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="BSD123+-*/^(),x× '[]florceil", max_size=40))
def test_any_text_is_a_shape_or_refused(text):
    try:
        shape = parse_shape(text, {"B", "S", "D"})
    except BadAnswerError as error:
        assert error.code.startswith("answer-")
    else:
        assert parse_shape(show_shape(shape)) == shape


def test_a_long_row_of_letters_does_not_hang():
    assert parse_shape("B" * 150 + "x", {"B", "BB"})
