"""Junk instead of solutions: nothing that a check may ever take for an answer.

Two kinds of files. In the one, every entry is a function that returns the same worthless value.
In the other, everything is the reference's but one entry, whose results are spoilt: real-sized
zeros, a wrong shape, a wrong dtype, and so on.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prep.model.exercise import Exercise

# Printed when a result was really changed: junk that changes nothing proves nothing.
CHANGED: Final = "junk-changed-a-result"

_EVERYWHERE: Final = {
    "none": "None",
    "text": "'x'",
    "input": "args[0] if args else next(iter(kwargs.values()), None)",
    "function": "lambda *args, **kwargs: None",
}
_ARRAYS: Final = {
    "torch": {
        "zeros": "torch.zeros(4, 5)",
        "ones": "torch.ones(4, 5, dtype=torch.int64)",
        "nans": "torch.full((4, 5), float('nan'))",
        "scalar": "torch.tensor(1.0)",
    },
    "numpy": {
        "zeros": "numpy.zeros((4, 5))",
        "ones": "numpy.ones((4, 5), dtype='int64')",
        "nans": "numpy.full((4, 5), float('nan'))",
        "scalar": "numpy.float32(1)",
    },
}
# The first two call nothing; the others let the entry do its work and spoil what it returns.
SPOILT: Final = ("none", "input", "shape", "zeros", "ones", "nan", "dtype", "detached")

_HEAD: Final = "def {name}(*args, **kwargs):\n    return {value}\n"
# Follows the reference; `_HOW`, `_SKIP` and `_CHANGED` are set before it.
_SPOILING: Final = Path(__file__).with_name("junk.py.txt")


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
    spoiling = _SPOILING.read_text(encoding="utf-8")
    return f"{reference}\n\n{head}\n\n{spoiling}\n\n{last}"


def _methods(reference: str, name: str) -> list[str]:
    """Return the public methods of a class, and how it is called; none for a function."""
    for node in ast.parse(reference).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            names = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            return [each for each in names if each[0] != "_" or each == "__call__"]
    return []
