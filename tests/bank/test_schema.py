"""From nodes to typed values."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from prep.bank.nodes import compose
from prep.bank.places import Findings
from prep.bank.schema import BAD, reader
from prep.model.question import Question, Single
from prep.model.text import Text
from tests.bank.conftest import GOOD


def read(kind, text):
    findings = Findings("file")
    value = reader(kind)(compose(text.encode(), findings), findings)
    return value, [(found.line, found.column, found.code) for found in findings]


class Item(Struct, frozen=True):
    id: Annotated[str, Meta(pattern="^[a-z]+$", max_length=5)]
    kind: Literal["big", "small"] = "big"
    level: Annotated[int, Meta(ge=1, le=5)] | None = None
    parts: Annotated[tuple[int, ...], Meta(min_length=1, max_length=2)] = (1,)
    names: dict[Annotated[str, Meta(pattern="^[a-z]$")], Text] = {}


def test_a_struct_is_read_with_its_defaults():
    value, findings = read(Item, "{id: ab, names: {x: X, y: {en: Y, zh: 是}}}")
    assert value == Item("ab", names={"x": Text("X", "X"), "y": Text("Y", "是")})
    assert findings == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{id: AB}", "wrong-form"),
        ("id: |\n  ab\n", "wrong-form"),
        ("{id: abcdef}", "too-long"),
        ("{id: [ab]}", "not-text"),
        ("{id: ab, kind: huge}", "not-one-of"),
        ("{id: ab, kind: [big]}", "not-text"),
        ("{id: ab, level: 0}", "out-of-range"),
        ("{id: ab, level: 6}", "out-of-range"),
        ("{id: ab, level: }", "not-whole"),
        ("{id: ab, level: {}}", "not-whole"),
        ("{id: ab, parts: []}", "item-count"),
        ("{id: ab, parts: [1, 2, 3]}", "item-count"),
        ("{id: ab, parts: 1}", "not-a-list"),
        ("{id: ab, names: [x]}", "not-a-mapping"),
        ("{id: ab, names: {xx: X}}", "wrong-form"),
        ("{id: ab, names: {x: X, x: Y}}", "duplicate-key"),
        ("{id: ab, names: {[x]: X}}", "not-text"),
        ("{id: ab, names: {x: {en: X}}}", "missing-key"),
        ("{id: ab, names: {x: {en: X, zh: Y, de: Z}}}", "unknown-key"),
        ("{id: ab, names: {x: ' '}}", "empty-text"),
        ("{kind: big}", "missing-key"),
        ("{id: ab, id: cd}", "duplicate-key"),
        ("{id: ab, other: 1}", "unknown-key"),
        ("{id: ab, <<: {level: 1}}", "unknown-key"),
        ("{id: ab, {a: b}: 1}", "not-text"),
        ("{id: ab, [id]: 1}", "not-text"),
        ("[id]", "not-a-mapping"),
        ("id", "not-a-mapping"),
    ],
)
def test_each_fault_has_its_code(text, code):
    _, findings = read(Item, text)
    assert [found[2] for found in findings] == [code]


def test_all_faults_are_found_at_their_places():
    value, findings = read(Item, "id: 1\nkind: x\nlevel: a\nparts:\n  - 1\n  - b\nmore: 1\n")
    assert value is BAD
    assert findings == [
        (1, 5, "wrong-form"), (2, 7, "not-one-of"), (3, 8, "not-whole"), (6, 5, "not-whole"),
        (7, 1, "unknown-key"),
    ]  # fmt: skip


def test_an_alias_is_reported_once_and_never_read():
    value, findings = read(Item, "{id: &x ab, kind: *x, parts: [*x], names: {*x : *x}}")
    assert value is BAD
    assert {found[2] for found in findings} == {"yaml-alias"}


def test_the_type_chooses_the_class_wherever_it_stands():
    text = (GOOD / "basics" / "sums.yaml").read_text("utf-8").split("- id: which-sum")[1]
    lines = [line for line in f"    id: which-sum{text}".splitlines() if "type:" not in line]
    value, findings = read(Question, "\n".join([*lines, "    type: single"]))
    assert findings == []
    assert isinstance(value, Single)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{type: guess}", "unknown-type"),
        ("{id: a}", "missing-key"),
        ("{type: [single]}", "missing-key"),
        ("[]", "not-a-mapping"),
    ],
)
def test_without_a_known_type_there_is_one_finding(text, code):
    assert [found[2] for found in read(Question, text)[1]] == [code]


def test_a_type_written_twice_is_found():
    assert (1, 16, "duplicate-key") in read(Question, "{type: single, type: open}")[1]


@pytest.mark.parametrize(
    "text",
    ["[en, a, zh, b]", "{en: a, en: b}", "{en: a, zh: [b]}", "{en: a, zh: ' '}", "{a: en, b: zh}"],
)
def test_what_is_nearly_a_bilingual_text_is_none(text):
    value, findings = read(Text, text)
    assert value is BAD
    assert findings != []


def test_a_bilingual_text_may_be_written_in_both_orders():
    assert read(Text, "{zh: 是, en: yes}") == (Text("yes", "是"), [])
