"""Comparing predictions with what running the code gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.printed import differs_by_type, fold_exception, same_printed

ONES = "tensor([1., 2.])"


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("3", "３"),
        ("3.0", "3."),
        ("2.50", "2.5"),
        ("1e-05", "0.00001"),
        ("[1, 2]", "[1,2]"),
        ("['a', 'b']", '["a","b"]'),
        ("{'a': 1, 'b': 2}", '{"b":2,"a":1}'),
        ("{1, 2}", "{2, 1}"),
        ("True", "true"),
        ("None", "none"),
        ("nan", "NaN"),
        ("inf", "np.inf"),
        ("hello", "'hello'"),
        ("'hello'", "hello"),
        ("a b", "a   b"),
        ("1\n2", "1 2"),
        ("1\n2", "1\\n2"),
        ("1\n2.50", "1\n2.5"),
        ("0.30000000000000004", "0.30000000000000004"),
        (ONES, "[1., 2.]"),
        (ONES, "tensor([1.0, 2.0])"),
        ("tensor([1., 2.], grad_fn=<AddBackward0>)", ONES),
        ("tensor([1, 2], dtype=torch.int32)", "tensor([1,2])"),
        ("tensor([[1, 2],\n        [3, 4]])", "[[1,2],[3,4]]"),
        ("tensor(3.)", "3.0"),
        ("tensor([nan, inf])", "[nan, inf]"),
        ("[1. 2. 3.]", "[1., 2., 3.]"),
        ("[[1 2]\n [3 4]]", "[[1, 2], [3, 4]]"),
        ("[np.float64(0.5), np.float64(1.0)]", "[0.5, 1.0]"),
        ("torch.Size([2, 3])", "(2, 3)"),
        ("torch.Size([2, 3])", "[2,3]"),
        ("torch.Size([2, 3])", "2, 3"),
        ("(2, 3)", "torch.Size([2, 3])"),
        ("torch.float32", "float32"),
        ("<class 'int'>", "int"),
        ("Counter({'a': 2})", "Counter({'a':2})"),
    ],
)
def test_one_value_is_known_in_its_usual_writings(key, typed):
    assert same_printed(key, typed)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("3", "3.0"),
        ("3.0", "3"),
        ("3", "'3'"),
        ("'3'", "3"),
        ("True", "1"),
        ("True", "'True'"),
        ("[1, 2]", "(1, 2)"),
        ("(2, 3)", "[2, 3]"),
        ("[2, 3]", "torch.Size([2, 3])"),
        ("[1, 2]", "[2, 1]"),
        ("0.30000000000000004", "0.3"),
        ("ab", "a b"),
        ("Hello", "hello"),
        ("1 2", "12"),
        ("3", "3 apples"),
        (ONES, "tensor([1, 2])"),
        ("tensor([1, 2], dtype=torch.int32)", "tensor([1, 2], dtype=torch.int8)"),
    ],
)
def test_what_python_prints_differently_is_different(key, typed):
    assert not same_printed(key, typed)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("0.6931", "0.69"),
        ("loss: 0.6931", "loss: 0.69"),
        ("[0.5, 0.25]", "[0.502, 0.25]"),
        ("1.0", "1"),
    ],
)
def test_floats_may_differ_by_the_tolerance(key, typed):
    assert same_printed(key, typed, 0.01)
    assert not same_printed(key, typed)


@pytest.mark.parametrize(
    ("key", "typed"),
    [("0.6931", "0.68"), ("3", "3.0"), ("loss: 0.6931", "0.69"), ("1.0", "1" * 400)],
)
def test_a_tolerance_forgives_nothing_else(key, typed):
    assert not same_printed(key, typed, 0.01)


def test_int_for_float_is_noticed():
    assert differs_by_type("3.0", "3")
    assert differs_by_type(ONES, "[1, 2]")
    assert not differs_by_type("3.0", "4")
    assert not differs_by_type("3.0", "3" * 400)


@pytest.mark.parametrize(
    "text",
    [
        "value error",
        "ValueError",
        "ValueError: shapes do not match",
        "raises a ValueError",
        "抛出 ValueError 异常",
        "ValueError('x')",
        "builtins.ValueError",
        "`ValueError`",
        "Traceback (most recent call last):\n  File x\nValueError: no",
    ],
)
def test_an_exception_is_known_by_its_name(text):
    assert fold_exception(text) == "valueerror"


def test_exceptions_are_told_apart():
    assert fold_exception("IOError") == fold_exception("OSError")
    assert fold_exception("torch.AcceleratorError") == "acceleratorerror"
    assert fold_exception("KeyError") != fold_exception("ValueError")


@given(st.text(max_size=40) | st.text(alphabet="12.,()[]{}'\":-+e tensorNa\\\n", max_size=40))
def test_any_text_is_the_same_as_itself(text):
    assert same_printed(text, text)
    assert isinstance(fold_exception(text), str)


@given(st.lists(st.integers() | st.floats() | st.booleans() | st.text(max_size=3), max_size=4))
def test_any_list_of_values_is_known_without_spaces(values):
    assert same_printed(repr(values), repr(values).replace(", ", " ,"))


@pytest.mark.parametrize(
    "typed",
    ["openai.APIRemovedInV1", "an APIRemovedInV1", "it raises an openai.APIRemovedInV1: gone"],
)
def test_a_class_that_begins_like_an_article_is_not_cut(typed):
    assert fold_exception(typed) == fold_exception("APIRemovedInV1")


def test_the_last_line_of_a_traceback_names_the_class():
    assert fold_exception("builtins.AssertionError: no") == fold_exception("AssertionError")
