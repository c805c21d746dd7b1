"""Shapes of tensors with symbols: `(B, H, S, 3*D)`, `[B, H, S, D*3]`, `B×S×D`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from prep.core import polynomials
from prep.core.bad_answer import typed_text
from prep.core.characters import plain
from prep.core.dimensions import Reader, words_of
from prep.core.polynomials import Polynomial

if TYPE_CHECKING:
    from collections.abc import Collection

Shape = tuple[Polynomial, ...]

_LONGEST = 200
_WRAPPED = re.compile(r"^(?:torch\.)?(?:Size|TensorShape|shape)\s*[:=]?\s*(?=[(\[])", re.IGNORECASE)
_SCALAR = re.compile(r"^(?:scalar|\(\s*\)|\[\s*\]|\(\[\s*\]\)|标量)$", re.IGNORECASE)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def parse_shape(text: str, symbols: Collection[str] = ()) -> Shape:
    """Return the dimensions that `text` names.

    With the `symbols` of the key, `b` may stand for `B` where only one of them is
    written so, and `BS` for `B*S`.
    """
    typed = typed_text(text, longest=_LONGEST)
    inner = _unwrapped(plain(typed).replace("−", "-").strip())
    if inner is None:
        return ()
    return Reader(words_of(_separated(inner, symbols), typed), frozenset(symbols), typed).read()


def symbols_of(shape: Shape) -> frozenset[str]:
    """Return the names that a shape is written with."""
    names = (name for dim in shape for term, _ in dim for name, _ in term)
    found = (symbol for name in names for symbol in re.findall(r"[^\W\d]\w*'*", name))
    return frozenset(found) - {"ceil"}


def compare_shapes(key: Shape, typed: Shape) -> str:
    """Return "" where they are the same, else how they differ: rank, order or sizes."""
    if key == typed:
        return ""
    if len(key) != len(typed):
        return "rank"
    return "order" if Counter(key) == Counter(typed) else "sizes"


def show_shape(shape: Shape) -> str:
    """Write a shape as Python does: `(B, 3*D)`, `(5,)`, `()`."""
    dims = ", ".join(polynomials.show(dim) for dim in shape)
    return f"({dims},)" if len(shape) == 1 else f"({dims})"


def _unwrapped(text: str) -> str | None:
    """Return what stands inside the outer brackets; None for a scalar."""
    text = _WRAPPED.sub("", text).rstrip(".;")
    while text and not _SCALAR.match(text) and _CLOSING.get(text[0]) == text[-1]:
        if not _one_bracket(text):
            break
        text = text[1:-1].strip()
    return None if _SCALAR.match(text) else text.replace("[", "(").replace("]", ")")


def _one_bracket(text: str) -> bool:
    """Return whether the first bracket closes at the very end: not in `(B+1)*(S+1)`."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in _CLOSING) - (char in _CLOSING.values())
        if depth == 0:
            return place == len(text) - 1
    return False


def _separated(text: str, symbols: Collection[str]) -> str:
    """Return `text` with commas between dimensions where × or spaces part them."""
    text = re.sub(r"⌊(.*?)⌋", r"floor(\1)", re.sub(r"⌈(.*?)⌉", r"ceil(\1)", text))
    if "," in text:
        return re.sub(r"[×·]|(?<=[\d)])x(?=\d)", "*", text)
    if _parted_by_x(text, symbols):
        return text.replace("x", ",")
    text = re.sub(r"\s*×\s*|\s+x\s+|(?<=\d)x(?=\d)", ",", text).replace("·", "*")
    return re.sub(r"(?<=[\w)'])\s+(?=[\w(])", ",", text)


def _parted_by_x(text: str, symbols: Collection[str]) -> bool:
    """Return whether `text` is BxSxD: symbols of the key and numbers around each x."""
    known = {symbol.casefold() for symbol in symbols}
    parts = text.split("x")
    return len(parts) > 1 and all(part.isdigit() or part.casefold() in known for part in parts)
