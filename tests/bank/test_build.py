"""Compiling a bank: what refuses it."""

from __future__ import annotations

import shutil

import pytest

from prep.bank.build import build
from tests.bank.test_findings import BAD, MADE, PLACES

# Of the words, the keys and the bank as a whole: they do not endanger a quiz.
LATER = {
    "all-of-the-above", "chinese-in-english", "half-width-punctuation", "untranslated",
    "undrawn-placeholder", "prompt-too-long", "hint-tells", "trailing-space", "proof-syntax",
    "version-missing", "same-source", "unlikely-date", "unknown-tag", "unused-level",
    "right-is-longest", "right-is-placed", "near-duplicate", "near-is-right", "near-unreadable",
    "key-refused", "mistakes-differ", "generator-failed", "placeholder",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(set(PLACES) - LATER - MADE))
def test_a_bank_that_breaks_a_rule_of_form_is_not_compiled(code):
    data, findings = build(BAD / code, b"", b"")
    assert data is None
    assert code in {found.code for found in findings}


@pytest.mark.parametrize("code", sorted(LATER))
def test_a_bank_that_only_breaks_a_rule_of_content_is_compiled(code):
    data, findings = build(BAD / code, b"", b"")
    assert data is not None
    assert findings == []


def test_a_duplicate_id_names_the_other_file(bank, group):
    shutil.copy(group, group.with_name("copy.yaml"))
    shutil.copy(group.with_suffix(".py"), group.with_name("copy.py"))
    _, findings = build(bank, b"", b"")
    assert {found.code for found in findings} == {"duplicate-id"}
    assert findings[0].values["file"] == "basics/copy.yaml"
