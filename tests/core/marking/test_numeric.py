"""Marks for numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.judge import judge
from prep.core.marking.numeric import is_unit
from prep.model.response import Typed
from tests.core.samples import near, numeric, words


def score(question, text):
    return judge(question, Typed(text)).score


def notes(question, text):
    return [note.code for note in judge(question, Typed(text)).notes]


@pytest.mark.parametrize("text", ["100", "101", "99", "100.9", "1e2", "10^2"])
def test_a_number_within_the_tolerance_is_right(text):
    assert score(numeric(100.0), text) == 1


@pytest.mark.parametrize("text", ["98.9", "101.1", "-100", "0"])
def test_a_number_outside_the_tolerance_is_wrong(text):
    assert score(numeric(100.0), text) == 0


def test_tolerance_nothing_means_exactly():
    question = numeric(101770.0, tolerance=0.0)
    assert score(question, "101,770") == 1
    assert score(question, "101771") == 0
    assert score(numeric(0.0), "0") == 1
    assert score(numeric(0.0), "0.0001") == 0
    assert score(numeric(0.0, digits=3), "0") == 1
    assert score(numeric(0.0, digits=3), "0.0001") == 0
    assert score(numeric(1 / 3, tolerance=0.0), "1/3") == 1


@pytest.mark.parametrize("text", ["0.845", "0.8449", "0.84494", "0.8446", "84.5e-2"])
def test_more_digits_than_asked_for_are_welcome(text):
    assert score(numeric(0.84494, digits=3), text) == 1


@pytest.mark.parametrize("text", ["0.846", "0.8439", "0.84", "0.85"])
def test_too_few_or_wrong_digits_are_not(text):
    assert score(numeric(0.84494, digits=3), text) == 0


def test_a_tie_may_be_rounded_either_way():
    assert score(numeric(0.845, digits=2), "0.84") == 1
    assert score(numeric(0.845, digits=2), "0.85") == 1


@pytest.mark.parametrize(("key", "text"), [(999.6, "1000"), (0.00099996, "0.001"), (1e6, "1e6")])
def test_digits_are_counted_right_near_a_power_of_ten(key, text):
    assert score(numeric(key, digits=3), text) == 1


@given(st.floats(1e-12, 1e12), st.integers(1, 6))
def test_the_key_rounded_as_python_does_is_right(value, digits):
    assert score(numeric(value, digits=digits), f"{value:.{digits - 1}e}") == 1
    assert score(numeric(value, digits=digits), repr(value)) == 1


@given(st.floats(1e-12, 1e12), st.integers(1, 6))
def test_two_units_of_the_last_digit_off_is_wrong(value, digits):
    rounded = float(f"{value:.{digits - 1}e}")
    step = 10.0 ** (int(f"{value:e}".partition("e")[2]) - digits + 1)
    assert score(numeric(value, digits=digits), repr(rounded + 2.1 * step)) == 0


@pytest.mark.parametrize("text", ["85", "85%", "0.85", "85 percent", "17/20"])
def test_a_percentage_may_be_given_as_a_ratio(text):
    assert score(numeric(85.0, "%"), text) == 1


def test_a_ratio_may_be_given_as_a_percentage_but_says_so():
    assert score(numeric(0.85), "85%") == 1
    assert score(numeric(0.85), "85") == 0
    assert notes(numeric(0.85), "85") == ["percent-or-fraction"]
    assert score(numeric(85.0, "%"), "0.85%") == 0


def test_units_are_converted():
    assert score(numeric(28.0, "GB"), "28000 MB") == 1
    assert score(numeric(7.0, "B", tolerance=0.0), "7B") == 1
    assert score(numeric(7e9, tolerance=0.0), "7B") == 1


def test_gb_for_gib_is_wrong_and_explained():
    judgement = judge(numeric(28.0, "GiB"), Typed("28 GB"))
    assert judgement.score == 0
    assert [note.code for note in judgement.notes] == ["gb-is-not-gib"]
    assert judgement.notes[0].values == {
        "typed": "28 GB",
        "same": "26.08 GiB",
        "right_unit": "GiB",
    }


def test_a_bare_number_that_is_right_in_gb_is_explained_too():
    judgement = judge(numeric(28.0, "GiB"), Typed("30.06"))
    assert judgement.notes[0].values["right_unit"] == "GB"


def test_an_amount_for_a_rate_is_right_with_a_remark():
    judgement = judge(numeric(312.0, "TFLOP/s"), Typed("312 TFLOPs"))
    assert judgement.right
    assert judgement.notes[0].code == "rate-not-amount"
    assert judgement.notes[0].values == {"given": "TFLOP", "asked": "TFLOP/s"}
    assert notes(numeric(312.0, "TFLOP"), "312 TFLOPS") == ["amount-not-rate"]


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [
        (numeric(28.0, "GB"), "28 Gbit", "bits-are-not-bytes"),
        (numeric(28.0, "GB"), "224", "bits-are-not-bytes"),
        (numeric(28.0, "GB"), "28 MB", "wrong-power-of-ten"),
        (numeric(0.84494, digits=3), "0.84", "rounded-too-much"),
        (numeric(28.4, tolerance=0.001), "28", "rounded-too-much"),
        (numeric(5.0), "-5", "wrong-sign"),
        (numeric(5.0), "7 GB", "unit-not-used"),
    ],
)
def test_a_usual_slip_is_named(question, text, code):
    assert code in notes(question, text)


def test_a_wrong_number_without_a_known_slip_has_no_note():
    assert notes(numeric(28.0, "GB"), "17") == []


def test_a_near_miss_gets_its_reply_however_it_is_written():
    question = numeric(28.0, "GB", near=(near("14", reply="fp16?"), near("abc", "56")))
    assert judge(question, Typed("14,000 MB")).replies == (words("fp16?"),)
    assert judge(question, Typed("56e0")).replies == (words("near"),)
    assert judge(question, Typed("15")).replies == ()
    assert judge(question, Typed("28")).replies == ()


@pytest.mark.parametrize("name", ["", "GiB", "token/s", "%", "us"])
def test_a_questions_unit_is_written_in_one_way(name):
    assert is_unit(name)


@pytest.mark.parametrize("name", ["gib", "GiBs", "tok/s", "furlong"])
def test_another_spelling_is_no_unit_of_a_question(name):
    assert not is_unit(name)
