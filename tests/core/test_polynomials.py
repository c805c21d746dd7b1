"""Sizes in one fixed form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core import polynomials
from prep.core.bad_answer import BadAnswerError
from prep.core.shapes import parse_shape

SIZES = {"B": 7, "S": 13, "D": 24}
EXPRESSIONS = st.recursive(
    st.sampled_from(["B", "S", "D", "1", "2", "5"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("({}//{})".format, inner, st.integers(1, 4))
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(EXPRESSIONS)
def test_the_fixed_form_has_the_value_of_the_expression(text):
    try:
        (size,) = parse_shape(text)
    except BadAnswerError as error:
        assert error.code == "answer-too-complex"
    else:
        shown = polynomials.show(size).replace("^", "**")
        assert eval(shown, {}, SIZES) == eval(text, {}, SIZES)


@given(EXPRESSIONS, EXPRESSIONS)
@settings(deadline=None)
def test_sums_and_products_do_not_depend_on_their_order(one, other):
    assert parse_shape(f"{one}+{other}") == parse_shape(f"{other}+{one}")
    assert parse_shape(f"{one}*{other}") == parse_shape(f"{other}*{one}")


def test_a_size_is_shown_in_one_way():
    (size,) = parse_shape("-1 + S*2 - D*D*S//H")
    assert polynomials.show(size) == "-D^2*S//H+2*S-1"
    assert polynomials.show(polynomials.number(0)) == "0"


def test_division_by_nothing_is_refused():
    with pytest.raises(BadAnswerError, match="answer-divides-by-zero"):
        polynomials.divide(polynomials.symbol("S"), polynomials.number(0))


def test_a_sum_divided_by_itself_is_one():
    (size,) = parse_shape("(S+1)//(1+S)")
    assert size == polynomials.number(1)


def test_too_many_terms_are_refused():
    many = parse_shape("(a+b+c+d+e+f+g+h)^2")[0]
    with pytest.raises(BadAnswerError, match="answer-too-complex"):
        polynomials.multiply(many, many)
