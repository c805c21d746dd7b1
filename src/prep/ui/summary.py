"""The end of a quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from prep.ui.feedback import feedback_screen
from prep.ui.markup import inline
from prep.ui.question import question_screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.exercise import Exercise
    from prep.model.quiz import Outcome, Score
    from prep.model.text import Text as Bilingual
    from prep.ui.words import Words


class Results(Protocol):
    """What is shown; `prep.app.results.Results` has it."""

    @property
    def mock(self) -> bool:
        """Return whether it was an exam."""

    @property
    def score(self) -> Score:
        """Return the score over all."""

    @property
    def topics(self) -> Sequence[tuple[Bilingual, Score]]:
        """Return the score of each topic."""

    @property
    def unanswered(self) -> int:
        """Return how many questions of an exam were not answered."""

    @property
    def missed(self) -> Sequence[Outcome]:
        """Return the missed answers of an exam."""

    @property
    def due_tomorrow(self) -> int:
        """Return how many reviews are due tomorrow."""


def summary_screen(results: Results, words: Words) -> Iterator[RenderableType]:
    """Yield the score; for an exam by topic and with what was missed."""
    score = results.score
    if not results.mock:
        yield Text(
            words.say(
                "summary", asked=score.asked, points=_points(score.points), share=_share(score)
            ),
            style="strong",
        )
        yield Text(words.say("summary-next", due=results.due_tomorrow), style="quiet")
        return
    yield Text(words.say("mock-score", **_values(score)), style="strong")
    if results.unanswered:
        yield Text(words.say("mock-unanswered", count=results.unanswered))
    for name, part in results.topics:
        yield Text(words.say("mock-topic", label=name[words.language], **_values(part)))
    if results.missed:
        yield Text()
        yield Text(words.say("mock-review"), style="strong")
    for outcome in results.missed:
        yield Text()
        yield from question_screen(outcome.shown, words)
        yield from feedback_screen(outcome, words)


def practise_lines(exercises: Sequence[Exercise], words: Words) -> Iterator[RenderableType]:
    """Yield the exercises that train what was missed."""
    for exercise in exercises:
        code = "practise-hunt" if exercise.is_hunt else "practise-next"
        title = exercise.title[words.language]
        yield inline(words.say(code, id=exercise.id, title=title), "quiet")


def _values(score: Score) -> dict[str, object]:
    guess = score.guess / score.asked if score.asked else 0.0
    return {
        "points": _points(score.points),
        "asked": score.asked,
        "share": _share(score),
        "guess": f"{guess:.0%}",
    }


def _share(score: Score) -> str:
    return f"{score.points / score.asked:.0%}" if score.asked else "–"


def _points(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
