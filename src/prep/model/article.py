"""What the source articles ask, build and get wrong, and what covers it here."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from prep.model.question import ArticleRef, Slug
from prep.model.text import Text


class ArticleRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question or a system of an article, a claim that is wrong, or a defect of its code.

    `exercises` are those that practise it; questions name the row themselves.
    """

    id: ArticleRef
    kind: Literal["question", "system", "claim", "defect"]
    title: Text
    exercises: tuple[Slug, ...] = ()


class Article(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One article, in our own words."""

    id: Annotated[str, Meta(pattern=r"^\d{3}$")]
    title: Text
    rows: tuple[ArticleRow, ...]


class Articles(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file `articles.yaml` of a bank."""

    format: Annotated[int, Meta(ge=1, le=1)]
    articles: tuple[Article, ...]


class Covered(Struct, frozen=True):
    """A row, and the questions and exercises that cover it."""

    row: ArticleRow
    questions: tuple[str, ...]
    exercises: tuple[str, ...]


class CoveredArticle(Struct, frozen=True):
    """An article with what covers each of its rows."""

    article: Article
    rows: tuple[Covered, ...]
