"""Scalars: one spelling of each value."""

from __future__ import annotations

from datetime import date

import pytest

from prep.bank.scalars import SCALARS

INTS = ["1_000", "0x10", "0o7", "+1", "１", "١", "1.0", "1e3", "", " 1", "01", "--1", "1" * 19]
FLOATS = [
    "nan", ".nan", "inf", "-inf", "1e999", "1_0.5", "+1.5", "٣.٥", ".5", "5.", "1e", "0x1p3", "1,5",
    "infinity", "", "1e-5 ", "01.5", "1.5\n", "1" * 400,
]  # fmt: skip
TRUTHS = ["yes", "no", "True", "TRUE", "on", "1", "", "true "]
DATES = [
    "20261122", "2026-W47-7", "2026-1-2", "2026-02-30", "22.11.2026", "２０２６-11-22",
    "0000-01-01",    "2026-11-22T00:00", "2026-11-22\n", "",
]  # fmt: skip
REFUSED = [
    (kind, text)
    for kind, texts in [(int, INTS), (float, FLOATS), (bool, TRUTHS), (date, DATES)]
    for text in texts
]


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_other_spellings_are_refused(kind, text):
    parse, _ = SCALARS[kind]
    with pytest.raises((ValueError, KeyError)):
        parse(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "0", 0), (int, "-12", -12), (int, "1" * 18, int("1" * 18)),
        (float, "0", 0.0), (float, "-0.5", -0.5), (float, "1e-5", 1e-5),
        (float, "6.02E+23", 6.02e23),
        (bool, "true", True), (bool, "false", False), (date, "2026-11-22", date(2026, 11, 22)),
    ],
)  # fmt: skip
def test_the_usual_spelling_is_read(kind, text, value):
    parse, _ = SCALARS[kind]
    assert parse(text) == value
