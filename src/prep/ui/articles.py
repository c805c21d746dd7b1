"""The articles' rows, and what covers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from prep.ui.markup import inline
from prep.ui.wrap import Hanging, item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.article import Covered, CoveredArticle
    from prep.ui.words import Words


def article_lines(found: Sequence[CoveredArticle], words: Words) -> Iterator[RenderableType]:
    """Yield each article, its rows, and below a row the exercises and questions for it."""
    for each in found:
        head = Text(each.article.id, style="topic")
        yield head.append(f"  {each.article.title[words.language]}", style="strong")
        for covered in each.rows:
            row = covered.row
            body = Text(f"{words.say(f'article-{row.kind}')}  ", style="quiet")
            body.append_text(inline(row.title[words.language], ""))
            yield item(f"  {row.id}", body, "key")
            for code, names in _names(covered):
                yield Hanging(Text(f"    {words.say(code)} ", style="quiet"), Text(names))
            if not covered.questions and not covered.exercises:
                yield Hanging(Text("    "), Text(words.say("article-uncovered"), style="wrong"))
        yield Text()
    total = sum(len(each.rows) for each in found)
    yield Text(words.say("articles-next", rows=total), style="quiet")


def articles_view(found: Sequence[CoveredArticle], words: Words) -> dict[str, Any]:
    """Return the rows as plain data."""
    return {
        "schema": 1,
        "articles": [
            {
                "id": each.article.id,
                "title": each.article.title[words.language],
                "rows": [_row_view(covered, words) for covered in each.rows],
            }
            for each in found
        ],
    }


def articles_markdown(found: Sequence[CoveredArticle], words: Words) -> str:
    """Return the rows as a page of tables: the one that the documentation has."""
    lines = [f"# {words.say('articles-title')}", "", words.say("articles-about")]
    for each in found:
        lines += ["", f"## {each.article.id} · {each.article.title[words.language]}", ""]
        head = ("row", "what", "exercises", "questions")
        lines.append("| " + " | ".join(words.say(f"article-head-{name}") for name in head) + " |")
        lines.append("| --- | --- | --- | --- |")
        for covered in each.rows:
            row = covered.row
            title = row.title[words.language].replace("|", "\\|")
            what = f"{words.say(f'article-{row.kind}')} · {title}"
            done = [", ".join(f"`{name}`" for name in names) for names in _both(covered)]
            lines.append(f"| {row.id} | {what} | {' | '.join(done)} |")
    return "\n".join(lines) + "\n"


def _both(covered: Covered) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return covered.exercises, covered.questions


def _names(covered: Covered) -> Iterator[tuple[str, str]]:
    for code, names in zip(("article-exercises", "article-questions"), _both(covered), strict=True):
        if names:
            yield code, ", ".join(names)


def _row_view(covered: Covered, words: Words) -> dict[str, Any]:
    return {
        "id": covered.row.id,
        "kind": covered.row.kind,
        "title": covered.row.title[words.language],
        "exercises": list(covered.exercises),
        "questions": list(covered.questions),
    }
