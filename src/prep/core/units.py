"""Units of quantities: bytes and bits, seconds, operations, tokens, and their rates."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from msgspec import Struct

from prep.core.characters import plain

_DECIMAL = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50}
_PREFIX_WORDS = {
    "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E",
    "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti", "pebi": "Pi",
}  # fmt: skip
_TIMES: dict[str, tuple[Fraction, str]] = {
    "s": (Fraction(1), "s sec secs second seconds 秒 秒钟"),
    "ms": (Fraction(1, 10**3), "ms msec msecs millisecond milliseconds 毫秒"),
    "us": (Fraction(1, 10**6), "us μs usec usecs microsecond microseconds 微秒"),
    "ns": (Fraction(1, 10**9), "ns nsec nanosecond nanoseconds 纳秒"),
    "min": (Fraction(60), "min mins minute minutes m 分 分钟"),
    "h": (Fraction(3600), "h hr hrs hour hours 小时 个小时"),
    "day": (Fraction(86400), "day days d 天 日"),
}
_TOKENS = "token tokens tok toks 个token 个tokens 词元 个词元"
_COUNTED = ("B", "bit", "FLOP")
_NAME = re.compile(r"^(?P<prefix>[kKMGTPE]?)(?P<binary>i?)(?P<base>B|bit|FLOP)(?P<rate>/\w+)?$")


class Unit(Struct, frozen=True):
    """A unit: `kind` says what it can be compared with, `factor` how much of it it is."""

    name: str
    kind: str
    factor: Fraction

    @property
    def prefixed(self) -> bool:
        """Return whether a bare `G` or `Mi` may stand for this kind of unit."""
        return self.kind.startswith(("data", "compute"))

    @property
    def base(self) -> str:
        """Return the name without its prefix: `B/s` of `GiB/s`."""
        found = _NAME.match(self.name)
        return f"{found['base']}{found['rate'] or ''}" if found else self.name


def find_unit(text: str, asked: Unit | None = None) -> Unit | None:
    """Return the unit that `text` names, or None.

    Case counts where it tells units apart (Gb and GB, FLOPs and FLOPS); where it was
    not used (gb, flops) the unit is of the kind of `asked`.
    """
    text = re.sub(r"\s+", " ", plain(text)).strip()
    text = re.sub(r"\s*(?:/|\bper\b|(?<=\w)每)\s*", "/", text)
    unit = _simple(text, asked)
    if unit is not None or "/" not in text:
        return unit
    amount, _, per = text.partition("/")
    return _rate(_simple(amount, _amount_of(asked)), _simple(per, None))


def twin(unit: Unit) -> Unit | None:
    """Return GiB for GB and GB for GiB; None where there is no such pair."""
    found = _NAME.match(unit.name)
    if found is None or not found["prefix"] or found["base"] == "FLOP":
        return None
    name = f"{found['prefix']}{'' if found['binary'] else 'i'}{found['base']}{found['rate'] or ''}"
    return find_unit(name)


def same_amount(one: Unit, other: Unit) -> bool:
    """Return whether both measure the same thing, one of them perhaps per second."""
    return one.kind.partition("/")[0] == other.kind.partition("/")[0]


def _simple(text: str, asked: Unit | None) -> Unit | None:
    exact, folded = _tables()
    candidates = folded.get(text.casefold(), ())
    unit = exact.get(text)
    # All lower case tells bits from bytes only in `b` itself.
    undecided = len(candidates) > 1 and text == text.lower() and len(text) > 1
    if unit is not None and not undecided:
        return unit
    return min(candidates, key=lambda unit: _strangeness(unit, asked), default=None)


def _strangeness(unit: Unit, asked: Unit | None) -> tuple[bool, bool]:
    if asked is None:
        return False, False
    return unit.kind != asked.kind, unit.base != asked.base


def _amount_of(asked: Unit | None) -> Unit | None:
    if asked is None or "/" not in asked.name:
        return asked
    return find_unit(asked.name.partition("/")[0])


def _rate(amount: Unit | None, per: Unit | None) -> Unit | None:
    if amount is None or per is None or per.kind != "time" or "/" in amount.kind:
        return None
    return Unit(f"{amount.name}/{per.name}", f"{amount.kind}/time", amount.factor / per.factor)


@cache
def _tables() -> tuple[dict[str, Unit], dict[str, tuple[Unit, ...]]]:
    exact: dict[str, Unit] = {}
    folded: dict[str, tuple[Unit, ...]] = {}
    for unit, forms in _all():
        for form in forms:
            exact.setdefault(form, unit)
            known = folded.get(form.casefold(), ())
            if unit not in known:
                folded[form.casefold()] = (*known, unit)
    return exact, folded


_PERCENT = ["%", "percent", "pct", "per cent", "pp", "percentage point", "percentage points"]
_PERCENT += ["百分点", "个百分点"]


def _all() -> list[tuple[Unit, list[str]]]:
    units = [
        (Unit(name, "time", factor), forms.split()) for name, (factor, forms) in _TIMES.items()
    ]
    units.append((token := Unit("token", "token", Fraction(1)), _TOKENS.split()))
    units.append((_per_second(token), ["tps", "t/s"]))
    units.append((Unit("%", "ratio", Fraction(1, 100)), _PERCENT))
    for base in _COUNTED:
        for prefix, factor in _prefixes(base):
            unit = Unit(f"{prefix}{base}", _kind(base), factor * (8 if base == "B" else 1))
            units.append((unit, _forms(prefix, base)))
            units.append((_per_second(unit), _rate_forms(prefix, base)))
    return units


def _kind(base: str) -> str:
    return "compute" if base == "FLOP" else "data"


def _per_second(unit: Unit) -> Unit:
    return Unit(f"{unit.name}/s", f"{unit.kind}/time", unit.factor)


def _prefixes(base: str) -> list[tuple[str, Fraction]]:
    decimal = [(prefix, Fraction(10) ** power) for prefix, power in _DECIMAL.items()]
    if base == "FLOP":
        return decimal
    return decimal + [(prefix, Fraction(2) ** power) for prefix, power in _BINARY.items()]


def _forms(prefix: str, base: str) -> list[str]:
    names = {
        "B": ["B", "byte", "bytes", "Byte", "Bytes", "字节"],
        "bit": ["bit", "bits", "b", "比特", "位"],
        "FLOP": ["FLOP", "FLOPs"],
    }[base]
    starts = [prefix, "K"] if prefix == "k" else [prefix]
    starts += [word for word, short in _PREFIX_WORDS.items() if short == prefix]
    return [start + name for start in starts for name in names]


def _rate_forms(prefix: str, base: str) -> list[str]:
    starts = [prefix, "K"] if prefix == "k" else [prefix]
    starts += [word for word, short in _PREFIX_WORDS.items() if short == prefix]
    # Gbps are bits, GBps bytes; FLOPS with a capital S are per second.
    names = {"B": ["Bps"], "bit": ["bps", "bitps"], "FLOP": ["FLOPS", "flop/s"]}[base]
    return [start + name for start in starts for name in names]
