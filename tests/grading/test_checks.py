"""The helpers of checks.py: what they let pass, and what they say."""

from __future__ import annotations

import numpy as np
import pytest

from prep.grading import checks
from prep.grading.judge.arrays import from_array
from prep.grading.judge.outcomes import CheckFailedError
from prep.wire.values import Foreign, RawArray

HALF = np.array([0.5, 1e-3])


def failure(function, *args, **kwargs):
    with pytest.raises(CheckFailedError) as caught:
        function(*args, what="y", **kwargs)
    return caught.value.note


@pytest.mark.parametrize(
    ("got", "code"),
    [
        (None, "none"),
        (Foreign("mine.Odd"), "foreign"),
        ("text", "no-numbers"),
        ([[1, 2], [3]], "no-numbers"),
        ({"a": 1}, "no-numbers"),
        (np.ones(3), "shape"),
        (np.ones((1, 2)), "shape"),
        (1.0, "shape"),
        ([np.nan, 1], "not-finite"),
        (np.array([np.inf, 1]), "not-finite"),
        ([0.0, 0.0], "differs"),
        (HALF + 1e-5, "differs"),
        ([True, False], "differs"),
        (HALF + 1j, "differs"),
    ],
)
def test_close_names_what_is_wrong(got, code):
    assert failure(checks.close, got, HALF).code == f"grade-{code}"


@pytest.mark.parametrize("got", [HALF, HALF.tolist(), HALF.astype("f4"), HALF * (1 + 1e-9)])
def test_close_accepts_equal_numbers_of_any_make(got):
    checks.close(got, HALF, what="y")


def test_close_says_where_and_how_much():
    note = failure(checks.close, [[1, 2], [3, 4.5]], [[1, 2], [3, 4]])
    assert note.values == {
        "what": "y", "expected": "4", "got": "4.5", "where": "[1, 1]", "count": "1/4",
        "worst": "0.5",
    }  # fmt: skip


def test_zeros_do_not_pass_for_small_numbers():
    tiny = np.full(4, 1e-12)
    assert failure(checks.close, 0 * tiny, tiny).code == "grade-differs"


def test_the_tolerance_follows_the_coarser_dtype():
    raw = RawArray("torch", "bfloat16", (1,), np.array([0x3F80], "u2").tobytes())
    checks.close(from_array(raw), np.array([1.01], "f4"), what="y")
    failure(checks.close, np.array([1.0], "f4"), np.array([1.01], "f4"))


@pytest.mark.parametrize(("got", "wanted"), [(1, True), (1.0, 1), ((1,), [1]), ("a", "b")])
def test_equal_compares_types_too(got, wanted):
    assert failure(checks.equal, got, wanted).code == "grade-not-equal"


def test_bounds_want_one_number():
    checks.at_least(1, 1, what="y")
    checks.at_most(np.float32(1), 1, what="y")
    assert failure(checks.at_least, 0.5, 1).code == "grade-under"
    assert failure(checks.at_most, 2, 1).code == "grade-over"
    assert failure(checks.at_least, [2, 3], 1).code == "grade-shape"
    assert failure(checks.at_least, float("nan"), 1).code == "grade-not-finite"
    assert failure(checks.at_least, "9", 1).code == "grade-no-numbers"


def test_the_others():
    checks.shape(np.ones((2, 3)), (2, 3), what="y")
    checks.dtype(np.ones(2, "f4"), "float32", what="y")
    assert failure(checks.dtype, np.ones(2), "float32").values["got"] == "float64"
    assert failure(checks.differ, [1, 2], [1, 2]).code == "grade-same"
    checks.differ([1, 2], [1, 3], what="y")
    assert failure(checks.has_gradient, np.ones(2)).code == "grade-no-gradient"
    checks.has_gradient(checks.tensor([1.0], requires_grad=True), what="y")


def test_an_authors_sentence_needs_both_languages():
    checks.expect([1], en="so", zh="是")
    with pytest.raises(CheckFailedError) as caught:
        checks.expect([], en="no", zh="否")
    assert (caught.value.said.en, caught.value.said.zh) == ("no", "否")
    with pytest.raises(TypeError):
        checks.expect([1], en="so")


def test_a_tensor_remembers_its_dtype():
    assert checks.tensor([1, 2], "bfloat16").dtype_name == "bfloat16"
    with pytest.raises(ValueError, match="float99"):
        checks.tensor([1], "float99")
