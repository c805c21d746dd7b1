"""Junk instead of solutions: nothing that a check may ever take for an answer.

Two kinds of files. In the one, every entry is a function that returns the same worthless value.
In the other, everything is the reference's but one entry, whose results are spoilt: real-sized
zeros, a wrong shape, a wrong dtype, and so on.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prep.model.exercise import Exercise

# Printed when a result was really changed: junk that changes nothing proves nothing.
CHANGED: Final = "junk-changed-a-result"

_EVERYWHERE: Final = {
    "none": "None",
    "zero": "0",
    "text": "'x'",
    "nan": "float('nan')",
    "input": "args[0] if args else next(iter(kwargs.values()), None)",
    "ragged": "[[1], [2, 3]]",
    "function": "lambda *args, **kwargs: None",
}
_ARRAYS: Final = {
    "torch": {
        "empty": "torch.zeros(0)",
        "zeros": "torch.zeros(4, 5)",
        "ones": "torch.ones(4, 5, dtype=torch.int64)",
        "nans": "torch.full((4, 5), float('nan'))",
        "scalar": "torch.tensor(1.0)",
        "sparse": "torch.eye(3).to_sparse()",
    },
    "numpy": {
        "empty": "numpy.zeros(0)",
        "zeros": "numpy.zeros((4, 5))",
        "ones": "numpy.ones((4, 5), dtype='int64')",
        "nans": "numpy.full((4, 5), float('nan'))",
        "scalar": "numpy.float32(1)",
    },
}
# The first two call nothing; the others let the entry do its work and spoil what it returns.
SPOILT: Final = ("none", "input", "zeros", "ones", "nan", "shape", "dtype", "detached")

_HEAD: Final = "def {name}(*args, **kwargs):\n    return {value}\n"
# Follows the reference; `_HOW`, `_SKIP` and `_CHANGED` are set before it.
_SPOILING: Final = '''
_quiet = True


def _spoilt(function):
    def junk(*args, **kwargs):
        if _HOW == "none":
            return _changed(None)
        if _HOW == "input":
            given = [*args[_SKIP:], *kwargs.values()]
            return _changed(given[0] if given else None)
        result = function(*args, **kwargs)
        spoilt = _spoil(result)
        return result if spoilt is result else _changed(spoilt)

    return junk


def _changed(value):
    global _quiet
    if _quiet:
        print(_CHANGED, flush=True)
    _quiet = False
    return value


def _spoil(value):
    if isinstance(value, dict):
        new = {key: _spoil(each) for key, each in value.items()}
        return new if any(new[key] is not value[key] for key in value) else value
    if type(value) in (list, tuple):
        new = [_spoil(each) for each in value]
        return type(value)(new) if any(a is not b for a, b in zip(new, value)) else value
    if type(value) in (bool, int, float):
        return _number(value)
    if all(hasattr(value, name) for name in ("dtype", "shape", "__len__")):
        return _array(value)
    return value


def _number(value):
    if _HOW in ("shape", "dtype"):
        return [value] if _HOW == "shape" else str(value)
    if _HOW not in _FILLS:
        return value
    new = _FILLS[_HOW] if _HOW == "nan" else type(value)(_FILLS[_HOW])
    return value if new == value else new


_FILLS = {"zeros": 0, "ones": 1, "nan": float("nan")}


def _array(value):
    if _HOW == "detached":
        return value.detach() if getattr(value, "requires_grad", False) else value
    if _HOW == "shape":
        return value[None]
    plain = numpy.array(value.detach() if hasattr(value, "detach") else value)
    if _HOW == "dtype":
        new = plain.astype("int64") if plain.dtype.kind == "f" else plain
        if numpy.array_equal(new, plain):
            return [str(each) for each in plain.ravel()]
    else:
        kind = "float32" if _HOW == "nan" and plain.dtype.kind != "f" else plain.dtype
        new = numpy.full(plain.shape, _FILLS[_HOW], dtype=kind)
        if numpy.array_equal(new, plain):
            return value
    return _alike(new, value)


def _alike(new, value):
    if not hasattr(value, "detach"):
        return new
    import torch

    tensor = torch.from_numpy(new)
    wanted = value.requires_grad and tensor.is_floating_point()
    return tensor.requires_grad_() if wanted else tensor


'''


def everywhere(exercise: Exercise) -> dict[str, str]:
    """Return sources in which every entry returns the same junk, by the name of the junk."""
    library = "torch" if "torch" in exercise.needs else "numpy"
    names = [entry.name for entry in exercise.entries]
    return {
        kind: f"import {library}\n\n\n"
        + "\n\n".join(_HEAD.format(name=name, value=value) for name in names)
        for kind, value in (_EVERYWHERE | _ARRAYS[library]).items()
    }


def one_entry(exercise: Exercise, reference: str) -> dict[tuple[str, str], str]:
    """Return sources that are the reference but for one entry, by entry and kind of junk."""
    with_torch = "torch" in exercise.needs
    kinds = [kind for kind in SPOILT if kind != "detached" or with_torch]
    return {
        (entry.name, kind): _spoilt_source(reference, entry.name, kind)
        for entry in exercise.entries
        for kind in kinds
    }


def _spoilt_source(reference: str, name: str, kind: str) -> str:
    methods = _methods(reference, name)
    head = f"import numpy\n\n_HOW, _SKIP, _CHANGED = {kind!r}, {int(bool(methods))}, {CHANGED!r}\n"
    places = [f"{name}.{each}" for each in methods] or [name]
    last = "".join(f"{place} = _spoilt({place})\n" for place in places)
    return f"{reference}\n\n{head}{_SPOILING}{last}"


def _methods(reference: str, name: str) -> list[str]:
    """Return the public methods of a class, and how it is called; none for a function."""
    for node in ast.parse(reference).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            names = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            return [each for each in names if each[0] != "_" or each == "__call__"]
    return []
