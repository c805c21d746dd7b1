"""What the answers say about the learner: days, streaks, mastery, what comes next."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.core.exam import due_on
from prep.model.statistics import Mastery, Streak

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

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


class Fact(Struct, frozen=True):
    """What the bank knows of a question. `guess` is the score that guessing gives."""

    topic: str
    level: int
    tags: tuple[str, ...]
    guess: float = 0.0


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


def by_topic(found: Iterable[Answer], facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each topic, in the order of their names."""
    return _mastery(found, facts, lambda fact: [fact.topic])


def by_level(found: Iterable[Answer], facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each level."""
    return _mastery(found, facts, lambda fact: [str(fact.level)])


def by_tag(found: Iterable[Answer], facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return what is known of each sub-topic, named `topic/tag`."""
    return _mastery(found, facts, _tag_names)


def weakest(found: Iterable[Answer], facts: Mapping[str, Fact]) -> list[Mastery]:
    """Return up to twelve sub-topics, the least known first; those with few answers shrunk."""
    groups = by_tag(found, facts)
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


def latest(found: Iterable[Answer]) -> list[Answer]:
    """Return the answers that say what is known now: the last three that measure it.

    Who asks for several groups can call this once and give them the result.
    """
    by_question: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in found:
        if answer.kind in MEASURING:
            by_question[answer.question].append(answer)
    return [answer for own in by_question.values() for answer in own[-LATEST:]]


def _mastery(
    found: Iterable[Answer], facts: Mapping[str, Fact], names: Callable[[Fact], Iterable[str]]
) -> list[Mastery]:
    groups: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for answer in latest(found):
        fact = facts.get(answer.question)
        if fact is not None:
            for name in names(fact):
                groups[name].append((answer.score, fact.guess))
    return [_group(name, groups[name]) for name in sorted(groups)]


def _group(name: str, answers: list[tuple[float, float]]) -> Mastery:
    score = sum(score for score, _ in answers) / len(answers)
    guess = sum(guess for _, guess in answers) / len(answers)
    # Who knows a share k and guesses the rest scores k + (1 - k) * guess.
    known = (score - guess) / (1 - guess) if guess < 1 else 0.0
    return Mastery(name, len(answers), score, min(max(known, 0.0), 1.0))


def _shrunk(group: Mastery, average: float) -> Mastery:
    known = (group.known * group.answers + average * PRIOR) / (group.answers + PRIOR)
    return Mastery(group.name, group.answers, group.score, known)


def _tag_names(fact: Fact) -> list[str]:
    return [f"{fact.topic}/{tag}" for tag in fact.tags]
