"""Folding of short answers and misspellings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.fold import fold, is_close

SAME = [
    ("top-p", "ｔｏｐ－Ｐ"),
    ("top-p", "top p"),
    ("KV cache", "kv_cache"),
    ("L1", "l-1"),
    ("GPT-4", "gpt 4"),
    ("“LoRA”", "lora."),
    ("the learning rate", "Learning Rate"),
    ("naïve Bayes", "naive bayes"),
    ("β₁", "beta1"),
    ("λ", "lambda"),
    ("A/B test", "ab test"),
    ("encoder/decoder", "encoder-decoder"),
    ("O(n²)", "O(n**2)"),
    ("O(n²)", "o( n^2 )"),
    ("10,000", "10_000"),
    ("model.eval()", "model.eval"),
    ("键值缓存。", "键值 缓存"),
    ("RAG + fine-tuning", "rag+finetuning"),
    ("（0，1］", "(0, 1]"),
]
DIFFERENT = [
    ("C++", "C#"),
    ("C++", "C"),
    ("C#", "C"),
    ("L1", "L2"),
    ("FLOP/s", "FLOPs"),
    ("3 5", "35"),
    ("3.10", "310"),
    (".5", "5"),
    ("1e-5", "1e5"),
    ("dim=-1", "dim=1"),
    ("-log p", "log p"),
    ("O(n²)", "O(n)"),
    ("[0, 1)", "(0, 1]"),
    ("n/k", "nk"),
    ("a/(b+c)", "a/b+c"),
    ("x=n-1", "x=n1"),
    ("85%", "85"),
    ("R²", "R"),
    ("量化", "蒸馏"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_fold_to_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_things_stay_different(one, other):
    assert fold(one) != fold(other)


def test_marks_alone_fold_to_nothing():
    assert fold(" ?!… ") == ""


@settings(max_examples=500, deadline=None)
@given(st.text() | st.text(alphabet="ab1 -_.,()[]/+*^=#²αé'<，Ｃe", max_size=12))
def test_a_folded_text_is_its_own_fold(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcXYZ ", max_size=20))
def test_case_width_and_spaces_do_not_matter(text):
    text = text.strip()
    wide = "".join(chr(ord(char) + 0xFEE0) if char != " " else "\u3000" for char in text)
    assert fold(wide.upper()) == fold(text.replace(" ", "-"))


@pytest.mark.parametrize("typed", ["sofmax", "softmaxx", "sotfmax", "saftmax", "Soft-mx", "softma"])
def test_one_letter_off_is_close(typed):
    assert is_close(typed, "softmax")


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("softmax", "softmax"),
        ("sfotamx", "softmax"),
        ("adam", "adamw"),
        ("lora", "qlora"),
        ("softmax1", "softmax2"),
        ("softmax", "softmax2"),
        ("float16", "bfloat16"),
        ("symmetric", "asymmetric"),
        ("micro-averaging", "macro-averaging"),
        ("quartile", "quantile"),
        ("量化感知训练", "量化感知练"),
        ("", "softmax"),
    ],
)
def test_other_words_short_words_and_digits_are_not_close(typed, form):
    assert not is_close(typed, form)


@given(st.text(max_size=12), st.text(max_size=12))
def test_closeness_goes_both_ways(one, other):
    assert is_close(one, other) == is_close(other, one)
