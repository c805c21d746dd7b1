"""Values as Python, NumPy and PyTorch print them, read without running anything."""

from __future__ import annotations

import ast
import re
import warnings
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 4000
_ARRAYS = frozenset({"tensor", "array", "Tensor", "Parameter"})
_SIZES = frozenset({"Size", "TensorShape"})
# np.float64(0.5) is how NumPy 2 prints a number.
_SCALAR = re.compile(r"^(?:float|int|uint|bool|str)(?:\d+)?_?$")
_NAMES: dict[str, Any] = {
    "nan": nan, "NaN": nan, "inf": inf, "infinity": inf,
    "true": True, "false": False, "none": None, "True_": True, "False_": False,
}  # fmt: skip
_GAP = re.compile(r"(?<=[\w.\])'\"])\s+(?=[-\w.\[('\"])")
_GRADIENT = re.compile(r",\s*grad_fn=<[^>]*>")
_INNER_LIST = re.compile(r"\[[^\[\]]*\]")


class Array(Struct, frozen=True):
    """A tensor or array: its numbers, and its dtype where that is printed."""

    values: Any
    dtype: str = ""


class Size(Struct, frozen=True):
    """A `torch.Size`."""

    dims: tuple[Any, ...]


class Name(Struct, frozen=True):
    """A word that stands for itself: `float32`."""

    word: str


class Call(Struct, frozen=True):
    """A call that is printed: `Counter({'a': 2})`."""

    name: str
    parts: tuple[Any, ...]


class Unreadable(Struct, frozen=True):
    """Text that is no value."""


UNREADABLE = Unreadable()


def read_literal(text: str) -> Any:  # noqa: ANN401 - any value at all
    """Return the value that `text` shows, or UNREADABLE."""
    text = _GRADIENT.sub("", text.strip())
    for spelling in (text, _with_commas(text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _value(ast.parse(spelling[:_LONGEST], mode="eval").body)
        except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
            continue
    return UNREADABLE


def is_nan(value: object) -> bool:
    """Return whether `value` is the float nan."""
    return isinstance(value, float) and isnan(value)


def _with_commas(text: str) -> str:
    """Return a list as NumPy prints it, `[1. 2.]`, with the commas of Python."""
    if "[" not in text:
        return text
    text = _INNER_LIST.sub(lambda found: _GAP.sub(", ", found[0].replace(",", " ")), text)
    return re.sub(r"\]\s*,?\s*\[", "], [", text)


def _value(node: ast.expr) -> Any:  # noqa: ANN401 - any value at all
    reader = _READERS.get(type(node))
    if reader is None:
        raise ValueError(type(node).__name__)
    return reader(node)


def _name(node: ast.Name) -> Any:  # noqa: ANN401
    return _NAMES.get(node.id, Name(node.id))


def _attribute(node: ast.Attribute) -> Any:  # noqa: ANN401
    return _NAMES.get(node.attr, Name(node.attr))


def _unary(node: ast.UnaryOp) -> Any:  # noqa: ANN401
    value = _value(node.operand)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(type(value).__name__)
    if isinstance(node.op, ast.USub):
        return -value
    if isinstance(node.op, ast.UAdd):
        return value
    raise ValueError(type(node.op).__name__)


def _dict(node: ast.Dict) -> dict[str, Any]:
    """Return the pairs; a key by its repr, so that 1 and 1.0 stay two."""
    keys = [key for key in node.keys if key is not None]
    return {repr(_value(key)): _value(item) for key, item in zip(keys, node.values, strict=True)}


def _call(node: ast.Call) -> Any:  # noqa: ANN401
    name = _value(node.func)
    if not isinstance(name, Name):
        raise TypeError(type(name).__name__)
    parts = tuple(_value(part) for part in node.args)
    options = {option.arg: option.value for option in node.keywords}
    if name.word in _ARRAYS and len(parts) == 1:
        dtype = _value(options["dtype"]) if "dtype" in options else Name("")
        return Array(parts[0], dtype.word if isinstance(dtype, Name) else "")
    if name.word in _SIZES and len(parts) == 1:
        return Size(tuple(parts[0]))
    if _SCALAR.match(name.word) and len(parts) == 1:
        return parts[0]
    return Call(name.word, (*parts, *((key, _value(item)) for key, item in options.items())))


_READERS: dict[type[ast.expr], Callable[[Any], Any]] = {
    ast.Constant: lambda node: node.value,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.List: lambda node: [_value(item) for item in node.elts],
    ast.Tuple: lambda node: tuple(_value(item) for item in node.elts),
    ast.Set: lambda node: frozenset(map(repr, map(_value, node.elts))),
    ast.Dict: _dict,
    ast.Call: _call,
}
