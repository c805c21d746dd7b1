"""What `checks.py` asserts with: measured facts that both languages can say.

A helper raises with a code and values (`expected`, `got`, `where`, `what`); `what` names the value
in code, so it needs no translation.
"""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import numpy as np

from prep.grading.judge.arrays import Array
from prep.grading.judge.outcomes import CheckFailedError, SolutionRaisedError
from prep.model.judgement import Note
from prep.model.text import Text
from prep.wire.values import ITEM_SIZES, Foreign

if TYPE_CHECKING:
    from collections.abc import Callable

    from prep.grading.judge.link import Solution

__all__ = [
    "Array",
    "at_least",
    "at_most",
    "close",
    "differ",
    "dtype",
    "equal",
    "expect",
    "finite",
    "has_gradient",
    "leaves_arguments",
    "raises",
    "shape",
    "tensor",
]

_RELATIVE = {"bfloat16": 3e-2, "float16": 5e-3, "float32": 1e-4, "complex64": 1e-4}
_FINE = 1e-7
# Numbers under a hundredth of the largest are compared as if they were that hundredth.
_SMALL = 1e-2
_NUMBERS = "fiubc"
_SHOW = reprlib.Repr()
_SHOW.maxstring = _SHOW.maxother = 200
_SHOW.maxlist = _SHOW.maxtuple = _SHOW.maxdict = 12


def tensor(values: Any, dtype: str | None = None, *, requires_grad: bool = False) -> Array:  # noqa: ANN401
    """Return `values` as an array that arrives in the worker as a torch tensor."""
    if dtype is not None and dtype not in ITEM_SIZES:
        raise ValueError(dtype)
    plain = np.float32 if dtype == "bfloat16" else dtype
    array = np.array(values, dtype=plain).view(Array)
    array.kind, array.requires_grad = "torch", requires_grad
    array.dtype_name = dtype or str(array.dtype)
    return array


def close(
    got: Any,  # noqa: ANN401
    expected: Any,  # noqa: ANN401
    *,
    what: str,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Fail unless the numbers have one shape, are finite, and lie close together."""
    wanted = np.asarray(expected)
    found = _numbers(got, what)
    _same_shape(found, wanted.shape, what)
    finite(found, what=what)
    wide = np.complex128 if "c" in found.dtype.kind + wanted.dtype.kind else np.float64
    distance = np.abs(found.astype(wide) - wanted.astype(wide))
    allowed = _allowed(np.abs(wanted.astype(wide)), _coarser(got, expected), rtol, atol)
    outside = np.argwhere(distance > allowed)
    if len(outside):
        where = tuple(int(side) for side in outside[0])
        _fail(
            "grade-differs",
            what=what,
            expected=_number(wanted[where]),
            got=_number(found[where]),
            where=_place(where),
            count=f"{len(outside)}/{distance.size}",
            worst=_number(distance.max()),
        )


def equal(got: Any, expected: Any, *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is of the same plain type and equal."""
    if type(got) is not type(expected) or got != expected:
        _fail("grade-not-equal", what=what, expected=_shown(expected), got=_shown(got))


def shape(got: Any, expected: tuple[int, ...], *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is an array of this shape."""
    _same_shape(_numbers(got, what), expected, what)


def dtype(got: Any, expected: str, *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is an array of this dtype."""
    name = _dtype_name(_numbers(got, what))
    if name != expected:
        _fail("grade-dtype", what=what, expected=expected, got=name)


def finite(got: Any, *, what: str) -> None:  # noqa: ANN401
    """Fail if a number is NaN or infinite."""
    found = _numbers(got, what)
    bad = np.argwhere(~np.isfinite(found))
    if len(bad):
        where = tuple(int(side) for side in bad[0])
        count = f"{len(bad)}/{found.size}"
        got = _number(found[where])
        _fail("grade-not-finite", what=what, got=got, where=_place(where), count=count)


def at_least(got: Any, bound: float, *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is one finite number, not under `bound`."""
    if _one(got, what) < bound:
        _fail("grade-under", what=what, expected=_number(bound), got=_number(_one(got, what)))


def at_most(got: Any, bound: float, *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is one finite number, not over `bound`."""
    if _one(got, what) > bound:
        _fail("grade-over", what=what, expected=_number(bound), got=_number(_one(got, what)))


def differ(one: Any, other: Any, *, what: str) -> None:  # noqa: ANN401
    """Fail if the two are the same numbers."""
    if np.array_equal(_numbers(one, what), _numbers(other, what)):
        _fail("grade-same", what=what)


def has_gradient(got: Any, *, what: str) -> None:  # noqa: ANN401
    """Fail unless `got` is part of a graph."""
    if not getattr(_numbers(got, what), "requires_grad", False):
        _fail("grade-no-gradient", what=what)


def leaves_arguments(sol: Solution, *, what: str) -> None:
    """Fail if the last call of `sol` wrote to an argument."""
    changed = sol.changed_arguments()
    if changed:
        _fail("grade-wrote", what=what, got=", ".join(changed)[:200])


def raises(call: Callable[[], object], name: str, *, what: str) -> None:
    """Fail unless the call raises an exception of the class `name`."""
    try:
        value = call()
    except SolutionRaisedError as error:
        if error.raised.type != name:
            _fail("grade-raised-other", what=what, expected=name, got=error.raised.type)
        return
    _fail("grade-no-exception", what=what, expected=name, got=_shown(value))


def expect(condition: object, *, en: str, zh: str) -> None:
    """Fail with this sentence unless the condition holds."""
    if not condition:
        raise CheckFailedError(None, Text(en, zh))


def _fail(code: str, **values: str) -> None:
    raise CheckFailedError(Note(code, values))


def _numbers(got: Any, what: str) -> np.ndarray[Any, Any]:  # noqa: ANN401
    if got is None:
        _fail("grade-none", what=what)
    if type(got) is Foreign:
        _fail("grade-foreign", what=what, got=got.type)
    found: np.ndarray[Any, Any]
    try:
        found = np.asanyarray(got)
    except (ValueError, OverflowError, TypeError):
        found = np.empty(0, object)
    if found.dtype.kind not in _NUMBERS:
        _fail("grade-no-numbers", what=what, got=_shown(got))
    return found


def _one(got: Any, what: str) -> float:  # noqa: ANN401
    found = _numbers(got, what)
    _same_shape(found, (), what)
    finite(found, what=what)
    if found.dtype.kind == "c":
        _fail("grade-no-numbers", what=what, got=_shown(got))
    return float(found)


def _same_shape(found: np.ndarray[Any, Any], expected: tuple[int, ...], what: str) -> None:
    if found.shape != tuple(expected):
        _fail("grade-shape", what=what, expected=str(tuple(expected)), got=str(found.shape))


def _allowed(
    size: np.ndarray[Any, Any], precision: str, rtol: float | None, atol: float | None
) -> np.ndarray[Any, Any]:
    """Return the tolerance of each number: relative, and never nothing beside large neighbours."""
    share = rtol if rtol is not None else _RELATIVE.get(precision, _FINE)
    if atol is not None:
        return share * size + atol
    scale = float(size.max()) if size.size else 0.0
    floor: np.ndarray[Any, Any] = np.maximum(size, _SMALL * scale)
    return share * floor + np.finfo(np.float64).tiny


def _coarser(got: Any, expected: Any) -> str:  # noqa: ANN401
    names = [_dtype_name(np.asanyarray(value)) for value in (got, expected)]
    return max(names, key=lambda name: _RELATIVE.get(name, _FINE))


def _dtype_name(array: np.ndarray[Any, Any]) -> str:
    return getattr(array, "dtype_name", "") or str(array.dtype)


def _number(value: Any) -> str:  # noqa: ANN401
    return f"{value.item() if hasattr(value, 'item') else value:.6g}"


def _place(where: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, where)) + "]"


def _shown(value: Any) -> str:  # noqa: ANN401
    """Show plain data, which is all that ever arrives here, cut short."""
    if isinstance(value, Foreign):
        return value.type
    if isinstance(value, np.ndarray):
        return f"array {value.shape} {value.dtype}"
    return f"{_SHOW.repr(value)} ({type(value).__name__})"
