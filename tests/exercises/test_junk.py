"""Junk: it can be loaded, it is what it says, and it tells whether it has changed anything."""

from __future__ import annotations

import math

import pytest

from prep.app.dev_new import new_exercise
from prep.exercises.catalog import read_exercise
from prep.exercises.junk import CHANGED, SPOILT, everywhere, one_entry
from tests.exercises.conftest import TODAY

np = pytest.importorskip("numpy")

REFERENCE = """
import numpy as np


def f(x):
    return {"loss": 0.5, "n": [3, x * 2]}


class C:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        return x + self.k


def save(x):
    x.append(1)
"""


@pytest.fixture
def junk(tmp_path, capsys):
    """Return a function that runs one kind of junk, and tells whether it says that it changed."""
    exercise, _ = read_exercise(new_exercise(tmp_path, "junk", "build", today=TODAY))
    entries = [
        type(exercise.entries[0])(name=name, call=name, returns=exercise.title)
        for name in ("f", "C", "save")
    ]
    sources = one_entry(
        type(exercise)(**{**_fields(exercise), "entries": tuple(entries)}), REFERENCE
    )

    def run(entry, kind, call):
        names = {}
        exec(sources[entry, kind], names)  # noqa: S102 - our own text
        value = call(names[entry])
        return value, CHANGED in capsys.readouterr().out

    return run


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def test_every_entry_returns_the_same_junk(tmp_path):
    exercise, _ = read_exercise(new_exercise(tmp_path, "junk", "build", today=TODAY))
    for source in everywhere(exercise).values():
        names = {}
        exec(source, names)  # noqa: S102
        one, other = names["softmax"]([1]), names["cross_entropy"]([1])
        assert type(one) is type(other)
        assert callable(one) or repr(one) == repr(other)


@pytest.mark.parametrize("kind", ["zeros", "ones", "nan", "shape", "dtype"])
def test_results_are_spoilt_all_the_way_down(kind, junk):
    value, changed = junk("f", kind, lambda f: f(np.full((2, 3), 1.25)))
    assert changed
    assert set(value) == {"loss", "n"}
    array = value["n"][1]
    expected = {"zeros": 0.0, "ones": 1.0, "nan": math.nan}.get(kind)
    if expected is not None:
        assert array.shape == (2, 3)
        assert np.array_equal(array, np.full((2, 3), expected), equal_nan=True)
    assert (array.shape == (1, 2, 3)) == (kind == "shape")
    assert (array.dtype == "int64") == (kind == "dtype")


@pytest.mark.parametrize(("kind", "expected"), [("none", None), ("input", 7), ("zeros", 0)])
def test_methods_are_spoilt_and_self_is_no_input(kind, expected, junk):
    assert junk("C", kind, lambda c: c(2).forward(7)) == (expected, True)


@pytest.mark.parametrize(
    "kind", [kind for kind in SPOILT if kind not in {"none", "input", "detached"}]
)
def test_junk_that_changes_nothing_says_nothing(kind, junk):
    had = []
    assert junk("save", kind, lambda save: save(had)) == (None, False)
    assert had == [1]


def test_a_function_that_should_work_in_place_does_nothing(junk):
    had = []
    assert junk("save", "none", lambda save: save(had)) == (None, True)
    assert had == []
