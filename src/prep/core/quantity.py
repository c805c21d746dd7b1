"""A typed number with its unit, read in the unit that the question asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.core.bad_answer import BadAnswerError, quote
from prep.core.numbers import read_magnitude, read_number, refuse_digits
from prep.core.units import Unit, find_unit, same_amount
from prep.errors import PrepError

if TYPE_CHECKING:
    from fractions import Fraction


class Quantity(Struct, frozen=True):
    """`value` in the unit asked for; `typed` and `unit` as they came.

    `ratio` is the second reading of a bare number where a percentage was asked: 0.85.
    """

    value: Fraction
    typed: Fraction
    asked: Unit | None = None
    unit: Unit | None = None
    ratio: Fraction | None = None


def read_quantity(text: str, asked: str = "") -> Quantity:
    """Read `text` as an answer in the unit `asked`, which is meant where none is typed."""
    reading = read_number(text)
    if not asked:
        return _pure(reading.value, reading.rest, text)
    unit = find_unit(asked)
    if unit is None:
        raise PrepError("unknown-unit", unit=asked)
    if not reading.rest:
        ratio = reading.value * 100 if unit.kind == "ratio" else None
        return Quantity(reading.value, reading.value, unit, None, ratio)
    factor, given = _given(reading.rest, unit, text)
    typed = reading.value * factor
    if not same_amount(given, unit):
        raise BadAnswerError("answer-wrong-dimension", unit=given.name, asked=asked)
    return Quantity(typed * given.factor / unit.factor, typed, unit, given)


def _pure(value: Fraction, rest: str, text: str) -> Quantity:
    """Read an answer to a question without a unit: 85% is 0.85, 7B is 7e9, `28 GB` is 28."""
    factor, words = read_magnitude(rest)
    unit = find_unit(rest) if factor == 1 or words else None
    if unit is None:
        refuse_digits(words, text)
        return Quantity(value * factor, value * factor)
    return Quantity(value * unit.factor if unit.kind == "ratio" else value, value, None, unit)


def _given(rest: str, asked: Unit, text: str) -> tuple[int, Unit]:
    """Return a magnitude and the unit that `rest` names.

    `B` is a byte where data is asked for and a billion elsewhere; a bare prefix goes
    with the asked unit without its own: `80G` for GiB is 80 GB.
    """
    if asked.prefixed and rest != "B" and (unit := _by_prefix(rest, asked)):
        return 1, unit
    unit = find_unit(rest, asked)
    factor, after = read_magnitude(rest)
    if unit is not None and (same_amount(unit, asked) or factor == 1):
        return 1, unit
    found = find_unit(after or (asked.base if asked.prefixed else asked.name), asked)
    if factor == 1 or found is None:
        refuse_digits(rest, text)
        raise BadAnswerError("answer-unknown-unit", unit=quote(rest), asked=asked.name)
    return factor, found


def _by_prefix(rest: str, asked: Unit) -> Unit | None:
    if rest.lower() not in {"k", "m", "g", "t", "p", "ki", "mi", "gi", "ti", "pi"}:
        return None
    prefix = rest[0].lower() if rest.lower() == "k" else rest[0].upper() + rest[1:].lower()
    return find_unit(prefix + asked.base)
