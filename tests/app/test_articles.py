"""What the articles' rows are covered by."""

from __future__ import annotations

import json

import pytest

from prep.app.articles import coverage, read_articles
from prep.errors import PrepError, UsageError
from tests.making import index_of, single, write_bank, write_exercise

ROWS = [
    {"id": "000-p1", "kind": "question", "title": {"en": "Why", "zh": "为何"}},
    {"id": "000-c1", "kind": "system", "title": "RNN", "exercises": ["one", "draft", "later"]},
]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a bank with articles and returns its folder."""

    def write(rows):
        asked = {**single("a"), "articles": ["000-p1"]}
        root = write_bank(tmp_path / "bank", {"alpha": [asked, single("b")]})
        data = {"format": "1", "articles": [{"id": "000", "title": "A", "rows": rows}]}
        (root / "articles.yaml").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return root

    return write


def test_a_row_names_its_questions_and_exercises_but_no_drafts(write, tmp_path):
    index = index_of(write(ROWS), tmp_path / "cache")
    write_exercise(tmp_path / "exercises", "one")
    write_exercise(tmp_path / "exercises", "draft", draft="true")
    (found,) = coverage(index, tmp_path / "exercises")
    assert [(row.questions, row.exercises) for row in found.rows] == [(("a",), ()), ((), ("one",))]


def test_a_bank_without_articles_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no-articles"):
        read_articles(tmp_path)


def test_what_is_wrong_with_the_file_is_said(write):
    with pytest.raises(PrepError, match="file-unreadable") as refused:
        read_articles(write([{**ROWS[0], "kind": "poem"}]))
    assert refused.value.values["problem"].startswith("1:")
