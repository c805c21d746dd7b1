"""What a quiz came to."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from prep.core.judge import judge
from prep.model.quiz import Outcome, Score
from prep.model.response import Response

if TYPE_CHECKING:
    from prep.app.quiz import Quiz
    from prep.model.session import Given
    from prep.model.text import Text
    from prep.store.store import Store


class Results(Struct, frozen=True, kw_only=True):
    """Scores over all and by topic; what was missed, for an exam; how many are due tomorrow."""

    mock: bool
    score: Score
    topics: list[tuple[Text, Score]]
    unanswered: int
    missed: list[Outcome]
    due_tomorrow: int


def results(quiz: Quiz, store: Store) -> Results:
    """Return the results so far: a question counts with its first answer."""
    first: dict[str, Given] = {}
    for given in quiz.session.given:
        first.setdefault(given.item.question, given)
    mock = quiz.session.options.mode == "mock"
    left = {item.question for item in quiz.session.queue} - first.keys() if mock else set()
    points: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, given in first.items():
        entry = quiz.bank.entry(name)
        points[entry.topic].append((given.score, entry.guess))
    for name in left:
        entry = quiz.bank.entry(name)
        points[entry.topic].append((0.0, entry.guess))
    every = [pair for pairs in points.values() for pair in pairs]
    tomorrow = quiz.today() + timedelta(days=1)
    return Results(
        mock=mock,
        score=_score(every),
        topics=[
            (quiz.bank.topic_name(topic), _score(pairs)) for topic, pairs in sorted(points.items())
        ],
        unanswered=len(left),
        missed=_missed(quiz, store) if mock else [],
        due_tomorrow=len(store.due(tomorrow, exam=quiz.exam)),
    )


def _score(pairs: list[tuple[float, float]]) -> Score:
    return Score(
        asked=len(pairs), points=sum(score for score, _ in pairs), guess=sum(g for _, g in pairs)
    )


def _missed(quiz: Quiz, store: Store) -> list[Outcome]:
    """Judge the missed answers of an exam again, now with their feedback."""
    entries = {e.uid: e for e in store.entries_of(given.uid for given in quiz.session.given)}
    missed = []
    for given in quiz.session.given:
        entry = entries.get(given.uid)
        if given.score < 1 and entry is not None:
            shown = quiz.bank.shown(given.item)
            response = msgspec.json.decode(entry.response, type=Response)
            judgement = judge(shown.question, response)
            missed.append(
                Outcome(shown=shown, response=response, judgement=judgement, entry=entry,
                        card=None, day=entry.day)
            )  # fmt: skip
    return missed
