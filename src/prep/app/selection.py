"""From the bank and the cards to the questions of a quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.choose import Candidate, easiest, pick, sample
from prep.core.recall import recall
from prep.errors import UsageError
from prep.model.session import Item, QuizOptions, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from prep.app.settings import Settings
    from prep.bank.index import Entry
    from prep.model.review import Card
    from prep.store.store import Store

# The golden ratio's 64 bits: consecutive items get seeds that have nothing in common.
_STRIDE = 0x9E3779B97F4A7C15


def choose_items(
    entries: Iterable[Entry],
    store: Store,
    options: QuizOptions,
    *,
    day: date,
    settings: Settings,
    seed: int,
) -> list[Item]:
    """Return the items of a new quiz."""
    asked = [entry for entry in entries if _wanted(entry, options)]
    if not asked:
        if options.exercise:
            raise UsageError("nothing-trains", id=options.exercise)
        raise UsageError("nothing-matches")
    if options.mode in {"mock", "cram", "missed"}:
        chosen = _any(asked, store, options, seed)
    else:
        chosen = _scheduled(asked, store, options, day=day, settings=settings, seed=seed)
    return [
        Item(question=c.id, seed=_variant(seed, at), why=_why(c, options))
        for at, c in enumerate(chosen)
    ]


def _scheduled(
    entries: Sequence[Entry],
    store: Store,
    options: QuizOptions,
    *,
    day: date,
    settings: Settings,
    seed: int,
) -> list[Candidate]:
    """Choose due reviews and new questions; the daily limit of new ones counts today's."""
    cards = [] if options.mode == "new" else store.due(day, exam=settings.exam)
    due: list[Candidate] = []
    if cards:
        by_key = {(entry.id, entry.meaning): entry for entry in entries}
        for card in cards:
            entry = by_key.get((card.question, card.meaning))
            if entry is not None and card.memory is not None:
                due.append(_candidate(entry, recall(card.memory, day)))
    new: list[Candidate] = []
    if options.mode != "due":
        started = store.started()
        unseen = [entry for entry in entries if (entry.id, entry.meaning) not in started]
        new = [_candidate(entry) for entry in easiest(unseen, options.count)]
    limit = options.new - store.introduced(day)
    most_new = options.count if options.mode == "new" else max(0, limit)
    return pick(due, new, count=options.count, most_new=most_new, seed=seed)


def _any(
    entries: Sequence[Entry], store: Store, options: QuizOptions, seed: int
) -> list[Candidate]:
    """Choose over all topics, whatever is due; suspended questions stay out."""
    if options.mode == "missed":
        missed = {card.question for card in store.missed()}
        kept = [entry for entry in entries if entry.id in missed]
    else:
        suspended = {card.question for card in _suspended(store)}
        kept = [entry for entry in entries if entry.id not in suspended]
    return sample(map(_candidate, kept), options.count, seed)


def _suspended(store: Store) -> Iterable[Card]:
    return (card for card in store.cards() if card.suspended)


def _wanted(entry: Entry, options: QuizOptions) -> bool:
    named = {entry.topic, *entry.tags}
    topical = not options.topics or not named.isdisjoint(options.topics)
    trained = not options.exercise or entry.exercise == options.exercise
    return topical and trained and (not options.levels or entry.level in options.levels)


def _why(candidate: Candidate, options: QuizOptions) -> Why:
    match options.mode:
        case "mock" | "cram" | "missed":
            return options.mode
        case _:
            return "new" if candidate.recall is None else "due"


def _candidate(entry: Entry, recalled: float | None = None) -> Candidate:
    return Candidate(entry.id, entry.topic, entry.family, entry.level, recalled)


def _variant(seed: int, at: int) -> int:
    return (seed + at * _STRIDE) % 2**63
