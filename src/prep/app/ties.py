"""From questions to the exercise that trains them, and from an exercise to its questions."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from prep.app.exercises import exercises

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from prep.app.quiz import Quiz
    from prep.bank.index import Entry, Index
    from prep.model.exercise import Exercise

_MOST_EXERCISES: Final = 2
_MOST_QUESTIONS: Final = 3
# A topic is weak with less than this share of its points, over at least so many questions.
_WEAK_SHARE: Final = 0.6
_WEAK_LEAST: Final = 3
_SHORTEST, _STEM = 4, 4


def exercises_for(quiz: Quiz, root: Path) -> list[Exercise]:
    """Return the exercises (no drafts) that train what was missed, the most needed first.

    When no missed question names one, it is the easiest of a weak topic.
    """
    score = {given.item.question: given.score for given in reversed(quiz.session.given)}
    entries = [quiz.bank.entry(name) for name in score]
    missed = [entry for entry in entries if score[entry.id] < 1]
    if not missed:
        return []
    known = {exercise.id: exercise for exercise in exercises(root)}
    named = Counter(entry.exercise for entry in missed if entry.exercise in known)
    if named:
        return [known[name] for name, _ in named.most_common(_MOST_EXERCISES) if name]
    weak = _weak(entries, score)
    return [exercise for exercise in known.values() if exercise.topic in weak][:1]


def questions_for(index: Index, exercise: Exercise, failed: Collection[str] = ()) -> list[str]:
    """Return a few questions that teach what an exercise checks.

    First those that share the most words with what the `failed` checks teach; then the easiest.
    """
    checks = [check for check in exercise.checks if check.name in failed]
    taught = _words(*(f"{check.title.en} {check.teaches.en}" for check in checks))

    def key(entry: Entry) -> tuple[int, int, str]:
        question = index.question(entry)
        shared = taught & _words(question.prompt.en, question.explanation.en)
        return (-len(shared), entry.level, entry.id)

    found = sorted((entry for entry in index.entries if entry.exercise == exercise.id), key=key)
    return [entry.id for entry in found[:_MOST_QUESTIONS]]


def _words(*texts: str) -> set[str]:
    """Return the words that tell something, by their beginnings: `scales` counts as `scaled`."""
    return {
        word[:_STEM]
        for text in texts
        for word in re.findall(r"[a-z]+", text.lower())
        if len(word) >= _SHORTEST
    }


def _weak(entries: Iterable[Entry], score: dict[str, float]) -> set[str]:
    points: dict[str, list[float]] = {}
    for entry in entries:
        points.setdefault(entry.topic, []).append(score[entry.id])
    return {
        topic
        for topic, given in points.items()
        if len(given) >= _WEAK_LEAST and sum(given) < _WEAK_SHARE * len(given)
    }
