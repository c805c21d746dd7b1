"""What the answers say about the learner: days, streaks, mastery, what comes next."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from prep.core.exam import due_on
from prep.model.statistics import Mastery, Streak

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from prep.model.review import Answer, Card

# Kinds that measure: practice and cram repeat what was read a moment ago.
MEASURING = frozenset({"learn", "review", "mock"})
# What was true long ago and is no longer, does not count: the latest answers per question do.
LATEST = 3
# A sub-topic with few answers is drawn towards the learner's average, as if this many
# average answers stood beside them; with fewer than five it is not judged at all.
PRIOR = 8
FEWEST = 5
WEAKEST = 12

# By question, as `recent` returns them.
Scores: TypeAlias = "Mapping[str, Sequence[float]]"


class Fact(Struct, frozen=True):
    """What the bank knows of a question. `guess` is the score that guessing gives."""

    topic: str
    level: int
    tags: tuple[str, ...]
    guess: float = 0.0
    meaning: int = 1


def calendar(found: Iterable[Answer]) -> dict[date, int]:
    """Return the number of answers of each study day, in order."""
    return dict(sorted(Counter(answer.day for answer in found).items()))


def streak(days: Collection[date], today: date) -> Streak:
    """Return the study days in a row; one that reached yesterday is not broken yet."""
    one = timedelta(days=1)
    lengths: dict[date, int] = {}
    for day in sorted(set(days)):
        lengths[day] = lengths.get(day - one, 0) + 1
    current = lengths.get(today, lengths.get(today - one, 0))
    return Streak(current, max(lengths.values(), default=0))


def recent(found: Sequence[Answer], facts: Mapping[str, Fact]) -> Scores:
    """Return the scores of the last three answers to each question that measure what is known.

    Answers are given in the order of their time; those to another meaning say nothing now.
    """
    scores: dict[str, list[float]] = {}
    for answer in reversed(found):
        own = scores.get(answer.question)
        if answer.kind not in MEASURING or (own is not None and len(own) == LATEST):
            continue
        fact = facts.get(answer.question)
        if fact is not None and fact.meaning == answer.meaning:
            scores.setdefault(answer.question, []).append(answer.score)
    return scores


def by_topic(scores: Scores, facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each topic, in the order of their names."""
    return _mastery(scores, facts, lambda fact: (fact.topic,))


def by_level(scores: Scores, facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each level."""
    return _mastery(scores, facts, lambda fact: (str(fact.level),))


def by_tag(scores: Scores, facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each sub-topic, named `topic/tag`."""
    return _mastery(scores, facts, _tag_names)


def weakest(scores: Scores, facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return up to twelve sub-topics, the least known first; those with few answers shrunk."""
    groups = by_tag(scores, facts)
    total = sum(group.answers for group in groups)
    average = sum(group.known * group.answers for group in groups) / total if total else 0.0
    shrunk = [_shrunk(group, average) for group in groups if group.answers >= FEWEST]
    return sorted(shrunk, key=lambda group: (group.known, group.name))[:WEAKEST]


def forecast(
    cards: Iterable[Card], today: date, *, days: int = 30, exam: date | None = None
) -> tuple[int, ...]:
    """Return how many cards come due on each day from `today`; the first has the overdue too."""
    counts = [0] * days
    for card in cards:
        due = due_on(card, today, exam)
        if due is not None and (ahead := max(0, (due - today).days)) < days:
            counts[ahead] += 1
    return tuple(counts)


def _mastery(
    scores: Scores, facts: Mapping[str, Fact], names: Callable[[Fact], Iterable[str]]
) -> list[Mastery]:
    """Add up by group: answers, their scores, and the scores that guessing would give."""
    sums: dict[str, tuple[int, float, float]] = {}
    for question, own in scores.items():
        fact = facts[question]
        for name in names(fact):
            count, score, guess = sums.get(name, (0, 0.0, 0.0))
            sums[name] = count + len(own), score + sum(own), guess + fact.guess * len(own)
    return [_group(name, *sums[name]) for name in sorted(sums)]


def _group(name: str, count: int, scores: float, guesses: float) -> Mastery:
    score, guess = scores / count, guesses / count
    # Who knows a share k and guesses the rest scores k + (1 - k) * guess.
    known = (score - guess) / (1 - guess) if guess < 1 else 0.0
    return Mastery(name, count, score, min(max(known, 0.0), 1.0))


def _shrunk(group: Mastery, average: float) -> Mastery:
    known = (group.known * group.answers + average * PRIOR) / (group.answers + PRIOR)
    return Mastery(group.name, group.answers, group.score, known)


def _tag_names(fact: Fact) -> list[str]:
    return [f"{fact.topic}/{tag}" for tag in fact.tags]
