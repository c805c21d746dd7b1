"""The table of units."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.units import find_unit, same_amount, twin

DOCUMENTED = (  # noqa: SIM905 - as in docs/questions.md
    "B kB MB GB TB KiB MiB GiB TiB bit s ms us ns min h day FLOP kFLOP MFLOP GFLOP TFLOP PFLOP "
    "FLOP/s GFLOP/s TFLOP/s PFLOP/s B/s MB/s GB/s TB/s GiB/s token token/s %"
).split()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_unit_is_known_by_its_name(name):
    unit = find_unit(name)
    assert unit is not None
    assert unit.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KB", "kB"),
        ("Gbit", "Gbit"),
        ("Gb", "Gbit"),
        ("b", "bit"),
        ("Gbps", "Gbit/s"),
        ("GBps", "GB/s"),
        ("gigabytes", "GB"),
        ("gibibytes", "GiB"),
        ("字节", "B"),
        ("μs", "us"),
        ("µs", "us"),
        ("毫秒", "ms"),
        ("tok/s", "token/s"),
        ("tokens per second", "token/s"),
        ("token/秒", "token/s"),
        ("tps", "token/s"),
        ("TFLOPS", "TFLOP/s"),
        ("TFLOPs", "TFLOP"),
        ("FLOPs/s", "FLOP/s"),
        ("percent", "%"),
        ("％", "%"),
    ],
)
def test_other_spellings_name_the_same_unit(text, name):
    unit = find_unit(text)
    assert unit is not None
    assert unit.name == name


@pytest.mark.parametrize(
    ("text", "asked", "name"),
    [
        ("gb", "GB", "GB"),
        ("gb", "bit", "Gbit"),
        ("kb", "kB", "kB"),
        ("tflops", "TFLOP/s", "TFLOP/s"),
        ("tflops", "TFLOP", "TFLOP"),
        ("TFlops", "TFLOP/s", "TFLOP/s"),
        ("gb/s", "GB/s", "GB/s"),
    ],
)
def test_where_case_says_nothing_the_unit_asked_for_decides(text, asked, name):
    unit = find_unit(text, find_unit(asked))
    assert unit is not None
    assert unit.name == name


@pytest.mark.parametrize("text", ["", "foo", "GB/GPU", "TFLOPS/s", "s/GB", "/", "/s"])
def test_what_is_no_unit_is_none(text):
    assert find_unit(text) is None


def test_rates_per_other_times_are_converted():
    unit = find_unit("tokens/min")
    assert unit is not None
    assert (unit.kind, unit.factor) == ("token/time", Fraction(1, 60))


@pytest.mark.parametrize(("one", "other"), [("GB", "GiB"), ("kB", "KiB"), ("TB/s", "TiB/s")])
def test_decimal_and_binary_units_are_twins(one, other):
    first, second = find_unit(one), find_unit(other)
    assert first is not None
    assert second is not None
    assert (twin(first), twin(second)) == (second, first)


@pytest.mark.parametrize("name", ["B", "s", "TFLOP", "token", "%", "EB"])
def test_other_units_have_no_twin(name):
    unit = find_unit(name)
    assert unit is not None
    assert twin(unit) is None


def test_an_amount_and_its_rate_measure_the_same_thing():
    data, rate, time = find_unit("GB"), find_unit("GB/s"), find_unit("s")
    assert data is not None
    assert rate is not None
    assert time is not None
    assert same_amount(data, rate)
    assert not same_amount(data, time)


@given(st.sampled_from(DOCUMENTED), st.sampled_from(DOCUMENTED), st.fractions())
def test_a_value_comes_back_from_another_unit_of_its_kind(one, other, value):
    here, there = find_unit(one), find_unit(other)
    assert here is not None
    assert there is not None
    assert value * here.factor / there.factor * there.factor / here.factor == value


@given(st.text(max_size=12), st.sampled_from(DOCUMENTED))
def test_any_text_is_a_unit_or_none(text, asked):
    unit = find_unit(text, find_unit(asked))
    assert unit is None or unit.factor > 0
