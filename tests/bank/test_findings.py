"""Every rule, on a bad bank named after its code: found there, at its place, in both languages."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import prep.bank
from prep.bank import load as load_module
from prep.bank.load import load
from prep.bank.nodes import MAX_BYTES
from prep.bank.places import MOST_FINDINGS
from prep.bank.rules import check
from prep.ui import words_en, words_zh
from prep.ui.words import Words
from tests.bank.conftest import GOOD

ROOM = Path(prep.bank.__file__).parent
BAD = Path(__file__).with_name("bad")
PLACES = dict(line.split(" ", 1) for line in (BAD / "places.txt").read_text().splitlines())
# Too large for the repository, or not to be had from a checkout: made in tests below.
MADE = {"file-too-large", "unreadable"}
TODAY = date(2026, 11, 30)


def findings(root):
    return check(load(root), run_generators=True, today=TODAY)


def codes(root):
    return {found.code for found in findings(root)}


@pytest.mark.parametrize("code", PLACES)
def test_the_bad_bank_of_a_rule_breaks_it_at_the_right_place(code):
    found = [f"{f.file}:{f.line}:{f.column}" for f in findings(BAD / code) if f.code == code]
    assert found == PLACES[code].split()


@pytest.mark.parametrize("code", sorted(set(PLACES) - {"too-many"}))
def test_the_bad_bank_of_a_rule_breaks_no_other(code):
    assert codes(BAD / code) == {code}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", PLACES)
def test_each_finding_has_a_sentence_that_its_values_fill(code, language):
    found = next(f for f in findings(BAD / code) if f.code == code)
    sentence = Words(language).say(f"finding-{code}", **found.values)
    assert not re.search(r"\{\w+\}", sentence)
    assert bool(re.search(r"[\u3400-\u9fff]", sentence)) or language == "en"


def test_every_rule_has_a_sentence_in_both_languages_and_a_bad_bank():
    fixtures = {path.name for path in BAD.iterdir() if path.is_dir()}
    assert set(words_en.FINDINGS) == set(words_zh.FINDINGS)
    assert set(words_en.FINDINGS) & constants(ROOM) == fixtures | MADE
    assert set(PLACES) == fixtures


def test_every_code_that_the_bank_raises_has_a_sentence_and_no_sentence_is_idle():
    # Exercises have rules of their own.
    others = [constants(ROOM.parent / room) for room in ("exercises", "app")]
    assert set(words_en.FINDINGS) <= constants(ROOM).union(*others)
    nodes = [node for tree in parsed(ROOM) for node in ast.walk(tree)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    assert {code for call in calls for code in raised(call)} <= set(words_en.FINDINGS)


def parsed(room):
    return [ast.parse(path.read_text("utf-8")) for path in room.rglob("*.py")]


def constants(room):
    nodes = (node for tree in parsed(room) for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant)}


def raised(call):
    """Yield the code that a call makes a finding of."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    at = {"add": 1, "_at": 2, "_over_all": 0, "_finding": 1, "_wrong_kind": 2}.get(name, 99)
    if at < len(call.args) and isinstance(call.args[at], ast.Constant):
        yield call.args[at].value


def test_the_good_bank_breaks_no_rule():
    bank = load(GOOD)
    assert len(bank.questions) == 3
    assert check(bank, run_generators=True, today=TODAY) == []


def test_all_findings_of_a_file_are_found_in_one_pass(bank, group):
    text = group.read_text("utf-8")
    text = text.replace("level: 2", "level: 9").replace("value: 4", "value: four\n    hint: ''")
    group.write_text(text.replace("tags: [sums]", "tags: [sum]", 2).replace("2026", "26"), "utf-8")
    assert codes(bank) == {"out-of-range", "not-a-number", "empty-text", "not-a-date"}


def test_findings_are_sorted_by_file_and_line(bank, group):
    group.write_text(group.read_text("utf-8").replace("revision: 1", "revision: one"), "utf-8")
    (bank / "a.txt").touch()
    found = [(f.file, f.line) for f in findings(bank)]
    assert found == sorted(found)
    assert len(found) == 4


def test_a_file_with_countless_findings_is_cut_short():
    found = findings(BAD / "too-many")
    assert len(found) == MOST_FINDINGS + 1


def test_a_file_that_is_too_large_is_not_parsed(bank, group):
    group.write_bytes(b"#" * (MAX_BYTES + 1))
    (found,) = findings(bank)
    assert (found.code, found.values["limit"]) == ("file-too-large", str(MAX_BYTES))
    assert Words("zh").say("finding-file-too-large", **found.values)


def test_a_file_that_cannot_be_read_is_a_finding(bank, group, monkeypatch):
    listed = load_module.bank_files(bank)
    group.unlink()
    monkeypatch.setattr(load_module, "bank_files", lambda _root, _findings: listed)
    (found,) = findings(bank)
    assert (found.file, found.code) == ("basics/sums.yaml", "unreadable")
    assert "No such file" in Words("en").say("finding-unreadable", **found.values)
