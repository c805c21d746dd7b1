"""What the rules must not take for a fault, and what they must see beside their bad banks."""

from __future__ import annotations

from datetime import date

import pytest

from prep.bank.load import load
from prep.bank.rules import check

TODAY = date(2026, 11, 30)


@pytest.fixture
def codes(bank, group):
    """Return a function that changes the good bank's text and says which rules it breaks then."""

    def changed(old, new, *, generators=True, today=TODAY):
        text = group.read_text("utf-8")
        assert old in text
        group.write_text(text.replace(old, new, 1), "utf-8")
        found = check(load(bank), run_generators=generators, today=today)
        return [finding.code for finding in found]

    return changed


@pytest.mark.parametrize(
    "prompt",
    [
        "It costs $5, or $ 5.",
        "`echo $HOME` and `${x}` are shell.",
        "Two Chinese words: 量化 is quantization, which every engineer has to know well.",
        "What is 2 + 2, ok?",
    ],
)
def test_a_prompt_may_hold_money_shell_and_a_term(codes, prompt):
    assert codes("What is 2 + 2?", prompt) == []


@pytest.mark.parametrize("text", ["`model.eval()`", "KV cache", "PyTorch", "3.14", "FP16 / BF16"])
def test_code_names_and_numbers_need_no_twin(codes, text):
    assert codes('{en: "Two more than 2 is 4.", zh: "2 再加 2 是 4。"}', f'"{text}"') == []


def test_prose_needs_its_twin(codes):
    assert codes(
        '{en: "Two more than 2 is 4.", zh: "2 再加 2 是 4。"}', "Two more than two is four."
    ) == ["untranslated"]


@pytest.mark.parametrize("zh", ["等于 `f(a, b)` 吗？", "等于 1,000 吗？", "“a, b” 是什么？"])
def test_half_width_punctuation_is_fine_in_code_numbers_and_quotations(codes, zh):
    assert codes("2 + 2 等于多少？", zh) == []


@pytest.mark.parametrize(
    ("proof", "found"),
    [
        ("import math, json; assert answer == 4", []),
        ("from os import path", []),
        ("import numpy", []),
        ("import sklearn.metrics, scipy", []),
        ("import torch.nn", ["version-missing"]),
        ("import torch; import torch", ["version-missing"]),
        ("x = (", ["proof-syntax"]),
    ],
)
def test_a_proof_needs_the_libraries_that_it_imports(codes, proof, found):
    new = f'tolerance: 0\n    versions: {{scikit-learn: "1.9"}}\n    proof: "{proof}"'
    assert codes("tolerance: 0", new) == found


def test_the_code_of_a_question_may_be_wrong_on_purpose(codes):
    assert codes("tolerance: 0", 'tolerance: 0\n    code: "print(1"') == []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2020-01-01", []),
        ("2026-11-30", []),
        ("2026-12-01", ["unlikely-date"]),
        ("2019-12-31", ["unlikely-date"]),
    ],
)
def test_a_source_was_checked_between_2020_and_today(codes, day, found):
    assert codes("2026-11-22", day) == found


def test_without_a_clock_no_day_is_in_the_future(codes):
    assert codes("2026-11-22", "2999-01-01", today=None) == []


def test_untrusted_generators_are_not_run(codes, bank):
    (bank / "basics" / "sums.py").write_text("def total(draw):\n    raise SystemExit\n")
    assert codes("level: 2", "level: 3", generators=False) == []


def test_a_generator_that_fails_is_found_once_for_each_question(codes, bank):
    (bank / "basics" / "sums.py").write_text("def total(draw):\n    raise SystemExit\n")
    assert codes("level: 2", "level: 3") == ["generator-failed", "generator-failed"]


def test_a_key_of_zero_beside_a_generator_is_a_second_key(codes):
    assert codes("computed: total", "computed: total\n    value: 0") == ["two-keys"]


@pytest.mark.parametrize("option", ['"$answer"', '{en: "${answer} GB", zh: "$answer GB"}'])
def test_an_option_may_write_the_answer_in_both_ways(codes, option):
    assert codes('{en: "It is $answer", zh: "是 $answer"}', option) == []


def test_an_option_that_names_another_value_shows_no_answer(codes):
    found = codes('{en: "It is $answer", zh: "是 $answer"}', '"$answers"')
    assert "option-without-answer" in found
