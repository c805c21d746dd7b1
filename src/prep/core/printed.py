"""Comparing a predicted output, value or exception with what running the code gave."""

from __future__ import annotations

import re
from typing import Any

from prep.core.characters import straight
from prep.core.fold import fold
from prep.core.literals import (
    UNREADABLE,
    Array,
    Call,
    Name,
    Size,
    Unreadable,
    is_nan,
    read_literal,
)

_FLOAT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_CLASS = re.compile(r"^<?class '?([\w.]+)'?>?$")
_AROUND_NAME = re.compile(
    r"^(?:(?:it\s+)?(?:(?:raises?|throws?|an?)\s+|(?:抛出|引发|触发|报错|报|会)\s*))+"
    r"|\s*(?:exception|异常|错误|is raised|\(.*)$",
    re.IGNORECASE,
)
# Python's own second names of one class.
_ALIASES = {"ioerror": "oserror", "environmenterror": "oserror"}


def same_printed(key: str, typed: str, tolerance: float = 0.0) -> bool:
    """Return whether `typed` shows the same as `key`, white space and quotes aside.

    3 and 3.0 are told apart, and so are a list and a tuple; numbers with a point may
    differ by `tolerance`, relative.
    """
    key = straight(key).strip().strip("`")
    typed = _as_lines(straight(typed).strip().strip("`"), key)
    lines, others = key.splitlines(), typed.splitlines()
    if len(lines) == len(others):
        pairs = zip(lines, others, strict=True)
        if all(_same_line(line.strip(), other.strip(), tolerance) for line, other in pairs):
            return True
    return _same_line(" ".join(key.split()), " ".join(typed.split()), tolerance)


def differs_by_type(key: str, typed: str, tolerance: float = 0.0) -> bool:
    """Return whether only int and float were mixed up: 3 for 3.0."""
    value, other = read_literal(straight(key)), read_literal(straight(typed))
    return same_value(_floats(value), _floats(other), tolerance)


def fold_exception(text: str) -> str:
    """Return the folded class name in `value error`, `torch.X: …`, `raises X`."""
    line = straight(text).strip().strip("`").splitlines()[-1:] or [""]
    name = line[0].split(":")[0].strip()
    while (shorter := _AROUND_NAME.sub("", name)) != name:
        name = shorter
    name = fold(name.split(".")[-1])
    return _ALIASES.get(name, name)


def same_value(key: Any, typed: Any, tolerance: float = 0.0) -> bool:  # noqa: ANN401
    """Compare two values that `read_literal` returned."""
    if key is UNREADABLE or typed is UNREADABLE:
        return False
    if isinstance(key, Array):
        return _same_array(key, typed, tolerance)
    if isinstance(key, Size) or isinstance(typed, Size):
        return _same_dims(key, typed)
    if _is_number(key) and _is_number(typed):
        return _same_number(key, typed, tolerance)
    return type(key) is type(typed) and _same_content(key, typed, tolerance)


def _same_content(key: Any, typed: Any, tolerance: float) -> bool:  # noqa: ANN401
    if isinstance(key, Call):
        return key.name == typed.name and same_value(key.parts, typed.parts, tolerance)
    if isinstance(key, list | tuple):
        return len(key) == len(typed) and all(
            same_value(one, other, tolerance) for one, other in zip(key, typed, strict=True)
        )
    if isinstance(key, dict):
        return key.keys() == typed.keys() and all(
            same_value(key[name], typed[name], tolerance) for name in key
        )
    return bool(key == typed)


def _same_array(key: Array, typed: Any, tolerance: float) -> bool:  # noqa: ANN401
    if not isinstance(typed, Array):
        return same_value(key.values, typed, tolerance)
    known = not key.dtype or not typed.dtype or key.dtype == typed.dtype
    return known and same_value(key.values, typed.values, tolerance)


def _same_dims(key: object, typed: object) -> bool:
    """Compare where one is a torch.Size: it prints a list and equals a tuple."""
    if isinstance(key, Size):
        given = typed.dims if isinstance(typed, Size) else typed
        return isinstance(given, list | tuple) and tuple(given) == key.dims
    return isinstance(typed, Size) and bool(key == typed.dims)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_number(key: float, typed: float, tolerance: float) -> bool:
    if isinstance(key, int) and isinstance(typed, float):
        return False
    if not tolerance:
        return type(key) is type(typed) and (key == typed or (is_nan(key) and is_nan(typed)))
    try:
        return key == typed or abs(key - typed) <= tolerance * abs(key)
    except OverflowError:
        return False


def _same_line(key: str, typed: str, tolerance: float) -> bool:
    if key.split() == typed.split() or _bare(key) == _bare(typed):
        return True
    value, other = read_literal(key), read_literal(typed)
    if same_value(value, other, tolerance):
        return True
    if _quotes(value, typed, other) or _quotes(other, key, value):
        return True
    return tolerance > 0 and _same_mixed(key, typed, tolerance)


def _bare(line: str) -> str:
    found = _CLASS.match(line)
    return found[1] if found else line


def _quotes(quoted: object, line: str, bare: object) -> bool:
    """Return whether `line` is the text `quoted` without quotes, and no value of its own.

    print('a') shows a, but '3' and 3, 'True' and True are two values.
    """
    return quoted == line and isinstance(bare, Name | Unreadable)


def _same_mixed(key: str, typed: str, tolerance: float) -> bool:
    """Compare words with numbers among them: `loss: 0.6931`."""
    if _FLOAT.sub("#", key).split() != _FLOAT.sub("#", typed).split():
        return False
    pairs = zip(_FLOAT.findall(key), _FLOAT.findall(typed), strict=True)
    values = ((read_literal(one), read_literal(other)) for one, other in pairs)
    return all(same_value(one, other, tolerance) for one, other in values)


def _as_lines(typed: str, key: str) -> str:
    r"""Return `typed` with each `\n` broken, where the key has several lines itself."""
    return typed.replace("\\n", "\n") if "\n" in key and "\\n" not in key else typed


def _floats(value: Any) -> Any:  # noqa: ANN401
    if _is_number(value):
        try:
            return float(value)
        except OverflowError:
            return value
    if isinstance(value, list | tuple):
        return type(value)(_floats(item) for item in value)
    if isinstance(value, Array):
        return Array(_floats(value.values), value.dtype)
    return value
