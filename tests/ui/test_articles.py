"""The articles' rows on the screen, as data and as a page."""

from __future__ import annotations

import io

import pytest

from prep.model.article import Article, ArticleRow, Covered, CoveredArticle
from prep.model.text import Text
from prep.ui.articles import article_lines, articles_markdown, articles_view
from prep.ui.console import make_console
from prep.ui.words import Words
from prep.ui.wrap import page


@pytest.fixture
def found():
    """Return an article with a covered row and one that nothing covers."""
    rows = (
        ArticleRow(id="000-p1", kind="question", title=Text("Why | how", "为何")),
        ArticleRow(id="000-c1-d2", kind="defect", title=Text("No head", "没有分类头")),
    )
    article = Article(id="000", title=Text("Frameworks", "框架"), rows=rows)
    covered = (Covered(rows[0], ("q1", "q2"), ("rnn",)), Covered(rows[1], (), ()))
    return [CoveredArticle(article, covered)]


def shown(parts):
    stream = io.StringIO()
    make_console(stream, plain=True, width=80).print(page(parts))
    return stream.getvalue()


def test_rows_are_shown_with_what_covers_them(found):
    assert shown(article_lines(found, Words("en"))).splitlines() == [
        "000  Frameworks",
        "  000-p1 question  Why | how",
        "    exercises: rnn",
        "    questions: q1, q2",
        "  000-c1-d2 defect  No head",
        "    nothing covers this yet",
        "",
        "2 rows. `prep show ID` shows a question, `prep start ID` begins an exercise.",
    ]


def test_as_data_each_row_lists_its_questions(found):
    rows = articles_view(found, Words("zh"))["articles"][0]["rows"]
    assert rows[0] == {
        "id": "000-p1", "kind": "question", "title": "为何", "exercises": ["rnn"],
        "questions": ["q1", "q2"],
    }  # fmt: skip


def test_the_page_is_a_table_for_each_article(found):
    page = articles_markdown(found, Words("en"))
    assert "## 000 · Frameworks" in page
    assert "| 000-p1 | question · Why \\| how | `rnn` | `q1`, `q2` |" in page
