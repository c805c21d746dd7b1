"""Numbers as people type them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.bad_answer import BadAnswerError
from prep.core.numbers import exact, parse_number, read_magnitude, read_number, write_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e9", 10**9),
        ("1E-5", Fraction(1, 10**5)),
        ("1e−5", Fraction(1, 10**5)),
        ("1_000", 1000),
        ("1,000", 1000),
        ("1，000，000", 10**6),
        ("16 384", 16384),
        ("1.5×10^9", 15 * 10**8),
        ("1.5*10**9", 15 * 10**8),
        ("1.5x10⁹", 15 * 10**8),
        ("10⁻⁵", Fraction(1, 10**5)),
        ("10^(-5)", Fraction(1, 10**5)),
        ("10^{-5}", Fraction(1, 10**5)),
        ("2^10", 1024),
        ("-2^2", -4),
        ("3/4", Fraction(3, 4)),
        ("½", Fraction(1, 2)),
        ("(1/3)", Fraction(1, 3)),
        ("2*80*8*128", 163840),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("−3", -3),
        ("+4", 4),
        ("５．５", Fraction(11, 2)),
        ("3。14", Fraction(157, 50)),
        ("7B", 7 * 10**9),
        ("7 b", 7 * 10**9),
        ("1.3M", 1300000),
        ("10k", 10000),
        ("10 K", 10000),
        ("2T", 2 * 10**12),
        ("3G", 3 * 10**9),
        ("4Ki", 4096),
        ("1.2亿", 12 * 10**7),
        ("3万", 30000),
        ("5 千", 5000),
        ("5千万", 5 * 10**7),
        ("２万亿", 2 * 10**12),
        ("7 billion parameters", 7 * 10**9),
        ("7B 参数", 7 * 10**9),
        ("~ 5", 5),
        ("≈3.2", Fraction(16, 5)),
        ("= 7", 7),
        ("约 12 个", 12),
        ("12 左右", 12),
        ("$0.53", Fraction(53, 100)),
        ("5 ± 0.1", 5),
        ("12 layers.", 12),
    ],
)
def test_a_number_is_read_in_every_usual_way(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "answer-empty"),
        ("  ", "answer-empty"),
        ("abc", "answer-not-a-number"),
        ("±5", "answer-not-a-number"),
        ("1½", "answer-not-a-number"),
        ("1.2.3", "answer-not-a-number"),
        ("10**10**10", "answer-not-a-number"),
        ("__import__('os')", "answer-not-a-number"),
        ("nan", "answer-not-finite"),
        ("-Infinity", "answer-not-finite"),
        ("∞", "answer-not-finite"),
        ("1e999999", "answer-number-too-big"),
        ("1e400", "answer-number-too-big"),
        ("10^999999999999", "answer-number-too-big"),
        ("1e300*1e300", "answer-number-too-big"),
        ("3/0", "answer-divides-by-zero"),
        ("0^-1", "answer-divides-by-zero"),
        ("1,5", "answer-comma"),
        ("1,23,456", "answer-comma"),
        ("3-5", "answer-not-one-number"),
        ("3 or 4", "answer-not-one-number"),
        ("0x10", "answer-not-one-number"),
        ("1" * 101, "answer-too-long"),
    ],
)
def test_what_is_no_one_number_is_refused(text, code):
    with pytest.raises(BadAnswerError) as caught:
        parse_number(text)
    assert caught.value.code == code


def test_a_refusal_says_what_was_typed_shortened():
    with pytest.raises(BadAnswerError) as caught:
        parse_number("x" * 60)
    assert caught.value.values == {"text": "x" * 39 + "…"}


def test_what_follows_a_number_is_handed_on():
    assert read_number("1.5×10^9 GB").rest == "GB"


def test_a_letter_that_begins_a_word_is_no_magnitude():
    assert read_magnitude("k tokens") == (1000, "tokens")
    assert read_magnitude("bytes") == (1, "bytes")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_as_python_writes_it(value):
    assert parse_number(repr(value)) == exact(value)


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_comes_back_from_its_own_writing(value):
    assert parse_number(write_number(Fraction(value))) == value


@given(st.floats(1e-300, 1e300))
def test_a_number_comes_back_from_its_own_writing(value):
    assert float(parse_number(write_number(exact(value), 17))) == value


@given(st.text(max_size=110))
def test_any_text_is_a_number_or_refused(text):
    try:
        assert isinstance(parse_number(text), Fraction | int)
    except BadAnswerError as error:
        assert error.code.startswith("answer-")
