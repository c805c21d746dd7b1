"""Numbers with units."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.bad_answer import BadAnswerError
from prep.core.quantity import read_quantity
from prep.errors import PrepError


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("28", "GiB", 28),
        ("28GiB", "GiB", 28),
        ("28 gb", "GB", 28),
        ("28 GB", "MB", 28000),
        ("32 Gbit", "GB", 4),
        ("80G", "GB", 80),
        ("80Gi", "GiB", 80),
        ("80M", "GB", Fraction(8, 100)),
        ("7B", "B", 7),
        ("7B", "", 7 * 10**9),
        ("7B", "FLOP", 7 * 10**9),
        ("7B", "token", 7 * 10**9),
        ("7 B params", "", 7 * 10**9),
        ("15T tokens", "token", 15 * 10**12),
        ("3万", "token", 30000),
        ("1.5亿 FLOP", "FLOP", 15 * 10**7),
        ("312T", "TFLOP/s", 312),
        ("312 TFLOPS", "TFLOP/s", 312),
        ("0.312 PFLOP/s", "TFLOP/s", 312),
        ("2k tok/s", "token/s", 2000),
        ("60 tokens/min", "token/s", 1),
        ("400 Gbps", "GB/s", 50),
        ("0.5 s", "ms", 500),
        ("5k", "ms", 5000),
        ("5m", "s", 300),
        ("5m", "", 5000000),
        ("90%", "%", 90),
        ("90", "%", 90),
        ("85%", "", Fraction(85, 100)),
        ("28 GB", "", 28),
        ("3x", "", 3),
        ("12 层", "", 12),
    ],
)
def test_a_quantity_is_read_in_the_unit_asked_for(text, asked, value):
    assert read_quantity(text, asked).value == value


def test_a_gigabyte_is_not_a_gibibyte():
    assert read_quantity("28 GB", "GiB").value == Fraction(28 * 10**9, 2**30)


def test_a_bare_number_for_a_percentage_may_be_a_ratio():
    assert read_quantity("0.85", "%").ratio == 85
    assert read_quantity("0.85%", "%").ratio is None


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        ("5 ms", "GB", "answer-wrong-dimension"),
        ("5 foo", "GB", "answer-unknown-unit"),
        ("5 samples/s", "token/s", "answer-unknown-unit"),
        ("1 h 30 min", "h", "answer-not-one-number"),
        ("3-5", "GB", "answer-not-one-number"),
        ("85%", "GB", "answer-wrong-dimension"),
        ("GB", "GB", "answer-not-a-number"),
    ],
)
def test_a_unit_that_does_not_fit_is_asked_for_again(text, asked, code):
    with pytest.raises(BadAnswerError) as caught:
        read_quantity(text, asked)
    assert caught.value.code == code


def test_a_question_with_an_unknown_unit_is_the_authors_mistake():
    with pytest.raises(PrepError, match="unknown-unit"):
        read_quantity("1", "furlong")


@given(st.text(max_size=40), st.sampled_from(["", "GB", "%", "s", "TFLOP/s", "token"]))
def test_any_text_is_a_quantity_or_refused(text, asked):
    for typed in (text, f"5 {text}"):
        try:
            read_quantity(typed, asked)
        except BadAnswerError as error:
            assert error.code.startswith("answer-")
