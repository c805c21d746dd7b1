"""The five articles: each row of theirs is asked about or built here."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from prep.app.articles import coverage, read_articles
from prep.cli.places import shipped
from prep.exercises.catalog import exercise_ids, find_exercise
from prep.ui.articles import articles_markdown
from prep.ui.words import Words
from tests.making import index_of

QUESTIONS, EXERCISES = shipped("questions"), shipped("exercises")
PAGE = Path(__file__).parents[2] / "docs" / "articles.md"
# A weak topic leads to an exercise, and a failed exercise to questions: three at least.
LEAST_QUESTIONS = 3


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Return the shipped bank, compiled."""
    return index_of(QUESTIONS, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def rows(index):
    """Return every row with what covers it."""
    return [row for article in coverage(index, EXERCISES) for row in article.rows]


def test_there_are_five_articles_whose_rows_have_ids_of_their_own():
    articles = read_articles(QUESTIONS).articles
    assert [article.id for article in articles] == ["000", "001", "002", "003", "004"]
    for article in articles:
        assert all(row.id.startswith(article.id) for row in article.rows)
    assert max(Counter(row.id for a in articles for row in a.rows).values()) == 1


def test_every_question_claim_and_defect_is_asked_about(rows):
    assert [row.row.id for row in rows if row.row.kind != "system" and not row.questions] == []


def test_every_system_is_an_exercise(rows):
    assert [row.row.id for row in rows if row.row.kind == "system" and not row.exercises] == []


def test_what_rows_and_questions_name_is_there(index, rows):
    refs = {ref for entry in index.entries for ref in index.question(entry).articles}
    assert refs <= {row.row.id for row in rows}
    named = {name for row in rows for name in row.row.exercises}
    linked = {entry.exercise for entry in index.entries if entry.exercise}
    assert named | linked <= set(exercise_ids(EXERCISES))


def test_every_exercise_has_questions_that_teach_it(index):
    linked = Counter(entry.exercise for entry in index.entries)
    found = [find_exercise(EXERCISES, name).exercise for name in exercise_ids(EXERCISES)]
    assert [e.id for e in found if not e.draft and linked[e.id] < LEAST_QUESTIONS] == []


def test_the_documentation_has_the_table(index):
    page = articles_markdown(coverage(index, EXERCISES), Words("en"))
    assert PAGE.read_text(encoding="utf-8") == page, "prep list seeds --markdown > docs/articles.md"
