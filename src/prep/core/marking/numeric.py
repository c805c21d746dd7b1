"""Marks for numbers, and what is said about the usual slips."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prep.core.marking.near import replies_to
from prep.core.numbers import exact, write_number
from prep.core.quantity import Quantity, read_quantity
from prep.core.units import find_unit, twin
from prep.errors import PrepError
from prep.model.judgement import Judgement, Note

if TYPE_CHECKING:
    from prep.model.question import Numeric
    from prep.model.response import Typed

# A key computed in floats, or written with 12 digits, is off by this much at most.
_FLOAT_ERROR = Fraction(5, 10**12)


def mark_numeric(question: Numeric, response: Typed) -> Judgement:
    """Return right within the tolerance, or rounded to the digits asked for."""
    key = key_of(question)
    quantity = read_quantity(response.text, question.unit)
    if _is_right(question, key, quantity):
        return Judgement(1.0, notes=_kind_note(quantity))
    replies = replies_to(question.near, lambda form: _same(question, form, quantity))
    return Judgement(0.0, replies=replies, notes=_notes(question, key, quantity))


def key_of(question: Numeric) -> Fraction:
    """Return the key; PrepError while its numbers are not drawn."""
    if question.value is None:
        raise PrepError("not-drawn", question=question.id)
    return exact(question.value)


def accepts(question: Numeric, key: Fraction, value: Fraction) -> bool:
    """Return whether `value` is `key` as precisely as `question` asks.

    With `digits`, half a unit of the last one either side of the key, or of the
    rounded key: more digits are welcome, and a tie may go up or down.
    """
    slack = _FLOAT_ERROR * abs(key)
    if question.digits is None:
        return abs(value - key) <= exact(question.tolerance) * abs(key) + slack
    step = _step(key, question.digits)
    rounded = round(key / step) * step
    return min(abs(value - key), abs(value - rounded)) <= step / 2 + slack


def _is_right(question: Numeric, key: Fraction, quantity: Quantity) -> bool:
    values = (quantity.value, quantity.ratio)
    return any(value is not None and accepts(question, key, value) for value in values)


def _same(question: Numeric, form: str, quantity: Quantity) -> bool:
    """Return whether a near miss is the number that was typed, in whatever unit."""
    return accepts(question, read_quantity(form, question.unit).value, quantity.value)


def _step(key: Fraction, digits: int) -> Fraction:
    """Return one unit of the last significant digit of `key`."""
    if key == 0:
        return Fraction(1, 10**300)  # only 0 rounds to it
    # Written out, since a logarithm in floats is off by one near a power of ten.
    power = len(str(abs(key.numerator))) - len(str(key.denominator))
    power -= abs(key) < Fraction(10) ** power
    return Fraction(10) ** (power - digits + 1)


def _notes(question: Numeric, key: Fraction, quantity: Quantity) -> tuple[Note, ...]:
    """Return the first slip that explains the number, and a unit that was not the asked one."""
    slips = (_binary_slip, _bits_slip, _rounding_slip, _percent_slip, _sign_slip, _power_slip)
    found = next((note for slip in slips if (note := slip(question, key, quantity))), None)
    return (*((found,) if found else ()), *_kind_note(quantity))


def _kind_note(quantity: Quantity) -> tuple[Note, ...]:
    given, asked = quantity.unit, quantity.asked
    if given is None:
        return ()
    if asked is None:
        return () if given.kind == "ratio" else (Note("unit-not-used", {"unit": given.name}),)
    if given.kind == asked.kind:
        return ()
    code = "rate-not-amount" if "/" in asked.kind else "amount-not-rate"
    return (Note(code, {"given": given.name, "asked": asked.name}),)


def _binary_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    given = quantity.unit or quantity.asked
    other = twin(given) if given else None
    if given is None or other is None or quantity.asked is None:
        return None
    if not accepts(question, key, quantity.value * other.factor / given.factor):
        return None
    converted = quantity.typed * given.factor / other.factor
    return Note(
        "gb-is-not-gib",
        {
            "typed": f"{write_number(quantity.typed)} {given.name}",
            "same": f"{write_number(converted, 4)} {other.name}",
            "right_unit": other.name,
        },
    )


def _bits_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    given = quantity.unit or quantity.asked
    if given is None or not given.kind.startswith("data"):
        return None
    eight = any(accepts(question, key, quantity.value * factor) for factor in (8, Fraction(1, 8)))
    return Note("bits-are-not-bytes", {"unit": given.name}) if eight else None


def _rounding_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    """Notice an answer that is the key, but rounded to fewer digits than wanted."""
    if key == 0 or quantity.value == 0:
        return None
    step = _step(quantity.typed, 1)
    while (quantity.typed / step).denominator != 1:
        step /= 10
        if step < abs(quantity.typed) / 10**8:
            return None
    step *= quantity.value / quantity.typed
    near = abs(quantity.value - key) <= abs(step) / 2 and abs(step) < abs(key) / 5
    return Note("rounded-too-much", _precision(question)) if near else None


def _precision(question: Numeric) -> dict[str, str]:
    if question.digits is not None:
        return {"digits": str(question.digits)}
    return {"tolerance": f"{question.tolerance:.2%}".replace(".00%", "%")}


def _percent_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    if question.unit != "%" and (question.unit or abs(key) > 1):
        return None
    hundred = any(accepts(question, key, quantity.value * by) for by in (100, Fraction(1, 100)))
    return Note("percent-or-fraction") if hundred else None


def _sign_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    return Note("wrong-sign") if accepts(question, key, -quantity.value) else None


def _power_slip(question: Numeric, key: Fraction, quantity: Quantity) -> Note | None:
    """Notice right digits with a wrong power of ten."""
    for power in range(-12, 13):
        if power and accepts(question, key, quantity.value * Fraction(10) ** power):
            return Note("wrong-power-of-ten", {"factor": write_number(Fraction(10) ** abs(power))})
    return None


def is_unit(name: str) -> bool:
    """Return whether `name` is a unit that a question may ask for, in its one spelling."""
    unit = find_unit(name)
    return not name or (unit is not None and unit.name == name)
