"""The JSON Schema for editors: current, and of one mind with the reader."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from prep.bank.index import VERSION
from prep.bank.json_schema import json_schema
from tests.bank.core_yaml import core_load

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "questions").glob("*/*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
# The classes of prep.model.question, which the cached index holds too. When this test fails,
# raise VERSION in prep.bank.index and pin the new pair.
PINNED = (2, "d35d178155a4c88e")


def errors(text):
    return [error.message for error in VALIDATOR.iter_errors(core_load(text.encode()))]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_schema_in_docs_is_current():
    written = json.loads((ROOT / "docs" / "questions.schema.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(json_schema())), (
        "prep bank check --schema > docs/questions.schema.json"
    )


def test_a_change_of_the_classes_raises_the_version_of_the_index():
    shape = json.dumps(without_words(json_schema()), sort_keys=True)
    assert (VERSION, hashlib.sha256(shape.encode()).hexdigest()[:16]) == PINNED


def without_words(part):
    if isinstance(part, dict):
        return {key: without_words(value) for key, value in part.items() if key != "description"}
    return [without_words(item) for item in part] if isinstance(part, list) else part


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_shipped_files_fit_the_schema_as_an_editor_reads_them(path):
    assert errors(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 4", "value: four"),
        ("value: 4", "value: null"),
        ("value: 4", "value: 1_000"),
        ("level: 2", "level: 6"),
        ("level: 2", "level: '2'"),
        ("revision: 1", "revision: 0"),
        ("checked: 2026-11-22", "checked: yesterday"),
        ("type: single", "type: choice"),
        ("tags: [sums]", "tags: []"),
        ("tags: [sums]", "tags: sums"),
        ('url: "https', 'url: "ftp'),
        ("explanation:", "explanations:"),
        ('en: "What', 'de: "What'),
        ("id: drawn-sum", "id: Drawn Sum"),
        ("computed: total", "computed: to tal"),
        ("mistakes: {product:", "mistakes: {the product:"),
        ("format: 1", "format: one"),
        ("questions:", "question:"),
    ],
)
def test_an_editor_shows_what_the_reader_refuses(group, old, new):
    text = group.read_text("utf-8")
    assert errors(text) == []
    assert errors(text.replace(old, new, 1)) != []


@pytest.mark.parametrize("written", ["4", "true", "3.10", "{en: 4, zh: 4}", "four"])
def test_a_text_may_be_written_as_a_number(group, written):
    text = group.read_text("utf-8").replace('{en: "The sum.", zh: "正是和。"}', written)
    assert errors(text) == []
