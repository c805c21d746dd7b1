"""What the learner's progress comes to."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from prep.app.practice import standings
from prep.core import statistics
from prep.core.calibration import calibration
from prep.core.exam import HIGHEST, LAST_LOOKS, RISING_DAYS, retention_on
from prep.core.statistics import Fact
from prep.model.statistics import Exam, Exercises, Group, Stats

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from prep.app.settings import Settings
    from prep.bank.index import Index
    from prep.model.review import Card
    from prep.model.statistics import Mastery
    from prep.model.text import Text
    from prep.store.store import Store


def stats(
    index: Index,
    store: Store,
    settings: Settings,
    today: date,
    exercises: Collection[str] = (),
) -> Stats:
    """Return the statistics of `today`.

    Cards that the bank no longer has are left out, and all but these exercises.
    """
    found = store.answers()
    facts = {e.id: Fact(e.topic, e.level, e.tags, e.guess, e.meaning) for e in index.entries}
    cards = [card for card in store.cards() if _known(card, facts)]
    days = statistics.calendar(found)
    scores = statistics.recent(found, facts)
    exam = settings.exam if settings.exam is not None and settings.exam > today else None
    return Stats(
        today=today,
        answers=len(found),
        seen=sum(card.last_at is not None for card in cards),
        questions=len(index.entries),
        days=days,
        streak=statistics.streak(days, today),
        calibration=calibration(found),
        topics=_topics(statistics.by_topic(scores, facts), index),
        levels=tuple(_group(level) for level in statistics.by_level(scores, facts)),
        weakest=_sub_topics(statistics.weakest(scores, facts), index),
        forecast=statistics.forecast(cards, today, exam=exam),
        suspended=sum(card.suspended for card in cards),
        leeches=sum(card.leech for card in cards),
        exam=None if exam is None else _exam(cards, settings, today, exam, len(facts)),
        exercises=_exercises(store, settings, today, exercises),
    )


def _exercises(store: Store, settings: Settings, today: date, names: Collection[str]) -> Exercises:
    known = standings(store, today, settings)
    found = [standing for name, standing in known.items() if name in names]
    states = Counter(standing.state for standing in found)
    return Exercises(
        started=len(found) - states["new"],
        passed=states["passed"] + states["due"],
        attempts=sum(standing.attempts for standing in found),
        due=states["due"],
        under_way=sum(standing.under_way for standing in found),
    )


def _known(card: Card, facts: dict[str, Fact]) -> bool:
    fact = facts.get(card.question)
    return fact is not None and fact.meaning == card.meaning


def _topics(found: Iterable[Mastery], index: Index) -> tuple[Group, ...]:
    return tuple(_group(topic, index.head.topics.get(topic.name)) for topic in found)


def _sub_topics(found: Iterable[Mastery], index: Index) -> tuple[Group, ...]:
    """Name the sub-topics; a question may have one that another topic lists."""
    names = {tag: name for tags in index.head.tags.values() for tag, name in tags.items()}
    groups = []
    for mastery in found:
        topic, _, tag = mastery.name.partition("/")
        groups.append(Group(id=tag, name=names.get(tag), mastery=mastery, topic=topic))
    return tuple(groups)


def _group(mastery: Mastery, name: Text | None = None) -> Group:
    return Group(id=mastery.name, name=name, mastery=mastery)


def _exam(
    cards: Sequence[Card], settings: Settings, today: date, day: date, questions: int
) -> Exam:
    # Loads fsrs, which only those wait for who set a date.
    from prep.core.workload import Plan, workload  # noqa: PLC0415

    base = settings.retention
    unseen = questions - sum(card.memory is not None or card.suspended for card in cards)
    plan = Plan(today=today, exam=day, base=base, new=settings.new, unseen=unseen)
    return Exam(
        day=day,
        load=workload(cards, plan),
        base=base,
        wanted=retention_on(today, day, base),
        highest=max(base, HIGHEST),
        rises=day - timedelta(days=RISING_DAYS),
        looks=day - timedelta(days=LAST_LOOKS),
        new=settings.new,
        unseen=unseen,
    )
