"""Numbers in the ways people type them, exactly and without eval."""

from __future__ import annotations

import re
from fractions import Fraction

from msgspec import Struct

from prep.core.bad_answer import BadAnswerError, quote, typed_text
from prep.core.characters import plain

_LONGEST = 100
_HIGHEST_POWER = 400
_LARGEST = Fraction(1.7976931348623157e308)  # of a float

_LEAD = re.compile(
    r"^(?:[~≈≃≅=]|approx(?:imately|\.)?|about|ca\.|大约|约等于|约|是)\s*", re.IGNORECASE
)
_CURRENCY = re.compile(r"^([+-]?)\s*[$¥€£]\s*(?=[\d.])")
_ROUGHLY = re.compile(r"\s*(?:±.*|左右|上下|or so)$")
_VULGAR_AFTER_DIGIT = re.compile(r"\d\s*[¼-¾⅐-⅞]")
_NOT_FINITE = re.compile(r"^[+-]?(?:nan|inf(?:inity)?\b|∞|无穷|正无穷|负无穷)", re.IGNORECASE)
_DIGITS = r"\d+(?:_\d+)*"
# A thousand's comma or space stands before exactly three digits, else it is no number.
_WHOLE = rf"\d{{1,3}}(?:,\d{{3}})+(?![\d,])|\d{{1,3}}(?: \d{{3}})+(?!\d)|{_DIGITS}"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:(?P<whole>{_WHOLE})(?:\.(?P<part>(?:{_DIGITS})?))?|\.(?P<bare>{_DIGITS}))"
    r"(?:e(?P<exponent>[+-]?\d+))?(?![\d.]|,\d)",
    re.ASCII | re.IGNORECASE,
)
_POWER = re.compile(r"\s*(?:\^|\*\*)\s*[({]?\s*([+-]?\d+)\s*[)}]?(?![\d.])", re.ASCII)
_TIMES = re.compile(r"\s*(\*(?!\*)|[×·/]|(?<!\b0)x)\s*(?=[+-]?\s*\.?\d)", re.ASCII | re.IGNORECASE)
_MAGNITUDE = re.compile(
    r"(?P<chinese>[十百千万亿]{1,3})"
    r"|(?P<word>thousand|million|billion|trillion|mn|bn|tn)(?![a-z])"
    r"|(?P<letter>[KMGBT]i?)(?![A-Za-z/])",
    re.IGNORECASE,
)
_CHINESE = {"十": 10, "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_WORDS = {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
_LETTERS = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


class Reading(Struct, frozen=True):
    """A number and what was typed after it: a magnitude, a unit, words."""

    value: Fraction
    rest: str


def read_number(text: str) -> Reading:
    """Read the number that `text` starts with: `1.5×10^9 B` is 1500000000 and `B`."""
    typed = typed_text(text, longest=_LONGEST)
    clean = _clean(typed)
    if _NOT_FINITE.match(clean):
        raise BadAnswerError("answer-not-finite", text=quote(typed))
    value, at = _power(clean, 0, typed)
    while operator := _TIMES.match(clean, at):
        factor, at = _power(clean, operator.end(), typed)
        value = _joined(value, operator[1], factor, typed)
    if abs(value) > _LARGEST:
        raise BadAnswerError("answer-number-too-big", text=quote(typed))
    return Reading(value, clean[at:].strip())


def read_magnitude(rest: str) -> tuple[int, str]:
    """Return what a leading k, M, B, 万, million, … multiplies by, and the text after it."""
    found = _MAGNITUDE.match(rest)
    if found is None:
        return 1, rest
    after = rest[found.end() :].lstrip()
    if found["chinese"]:
        factor = 1
        for char in found["chinese"]:
            factor *= _CHINESE[char]
        return factor, after
    if found["word"]:
        return 10 ** _WORDS[found["word"].lower()], after
    return (_LETTERS | _BINARY).get(found["letter"].lower(), 10**9), after


def parse_number(text: str) -> Fraction:
    """Return the number of `text`, with its magnitude; words after it are let be."""
    reading = read_number(text)
    factor, words = read_magnitude(reading.rest)
    refuse_digits(words, text)
    return reading.value * factor


def refuse_digits(words: str, text: str) -> None:
    """Refuse words after a number that hold a further one: `3-5`, `3 or 4`."""
    if re.search(r"[\d±]", words):
        raise BadAnswerError("answer-not-one-number", text=quote(text))


def exact(value: float) -> Fraction:
    """Return the number that `value` shows: 0.1 is one tenth."""
    return Fraction(repr(float(value)))


def write_number(value: Fraction, digits: int = 6) -> str:
    """Write `value` with up to `digits` significant digits, as `parse_number` reads it."""
    if value.denominator == 1 and abs(value) < 10**15:
        return f"{value.numerator:,}"
    return f"{float(value):.{digits}g}"


def _clean(typed: str) -> str:
    if _VULGAR_AFTER_DIGIT.search(typed):
        raise BadAnswerError("answer-not-a-number", text=quote(typed))
    text = _ROUGHLY.sub("", plain(typed)).strip().rstrip(".,;!").strip("()[]")
    text = text.replace("−", "-").replace("\u00a0", " ").strip()
    while found := _LEAD.match(text):
        text = text[found.end() :]
    return _CURRENCY.sub(r"\1", text)


def _power(clean: str, at: int, typed: str) -> tuple[Fraction, int]:
    """Read one number with its `^n`; a second `^` is left over and so refused."""
    found = _NUMBER.match(clean, at)
    if found is None:
        comma = re.match(r"[+-]?\d[\d ]*,\d", clean[at:])
        raise BadAnswerError("answer-comma" if comma else "answer-not-a-number", text=quote(typed))
    value, end = _value(found, typed), found.end()
    if power := _POWER.match(clean, end):
        value, end = _raised(value, power[1], typed), power.end()
    if re.match(r"\s*(?:\^|\*\*)", clean[end:]):
        raise BadAnswerError("answer-not-a-number", text=quote(typed))
    return (-value if found["sign"] == "-" else value), end


def _value(found: re.Match[str], typed: str) -> Fraction:
    whole = re.sub("[, _]", "", found["whole"] or "0")
    part = (found["part"] or found["bare"] or "").replace("_", "")
    shift = _small(found["exponent"] or "0", typed)
    return Fraction(int(whole + part)) * Fraction(10) ** (shift - len(part))


def _raised(base: Fraction, power: str, typed: str) -> Fraction:
    if base == 0 and power.startswith("-"):
        raise BadAnswerError("answer-divides-by-zero", text=quote(typed))
    return base ** _small(power, typed)


def _small(power: str, typed: str) -> int:
    # Compared by length first: int() of a million digits is slow and then refused.
    digits = power.lstrip("+-").lstrip("0")
    if len(digits) > 3 or int(digits or "0") > _HIGHEST_POWER:  # noqa: PLR2004
        raise BadAnswerError("answer-number-too-big", text=quote(typed))
    return -int(digits or "0") if power.startswith("-") else int(digits or "0")


def _joined(value: Fraction, operator: str, factor: Fraction, typed: str) -> Fraction:
    if operator != "/":
        return value * factor
    if factor == 0:
        raise BadAnswerError("answer-divides-by-zero", text=quote(typed))
    return value / factor
