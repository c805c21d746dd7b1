"""What of the source articles the bank and the exercises cover."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from prep.app.exercises import exercises
from prep.bank.files import ARTICLES
from prep.bank.nodes import compose
from prep.bank.places import Findings
from prep.bank.schema import BAD, reader
from prep.errors import PrepError, UsageError
from prep.model.article import Articles, Covered, CoveredArticle

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.index import Index


def coverage(index: Index, exercise_root: Path) -> list[CoveredArticle]:
    """Return each article's rows with the questions and exercises (no drafts) that cover them.

    Raises UsageError when the bank says nothing about articles.
    """
    asked = defaultdict(list)
    for entry in index.entries:
        for ref in index.question(entry).articles:
            asked[ref].append(entry.id)
    done = {exercise.id for exercise in exercises(exercise_root)}
    return [
        CoveredArticle(
            article,
            tuple(
                Covered(row, tuple(asked[row.id]), tuple(e for e in row.exercises if e in done))
                for row in article.rows
            ),
        )
        for article in read_articles(index.root).articles
    ]


def read_articles(root: Path) -> Articles:
    """Read what a bank says about articles; raises UsageError and PrepError."""
    findings = Findings(ARTICLES)
    try:
        data = (root / ARTICLES).read_bytes()
    except FileNotFoundError as error:
        raise UsageError("no-articles", path=str(root)) from error
    node = compose(data, findings)
    found: Any = reader(Articles)(node, findings) if node is not None else BAD
    if found is BAD:
        first = next(iter(findings))
        problem = f"{first.line}:{first.column} {first.code}"
        raise PrepError("file-unreadable", path=str(root / ARTICLES), problem=problem)
    return cast("Articles", found)
