"""From the bank and the cards to the questions of a quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.choose import Candidate, pick, sample
from prep.core.recall import recall
from prep.errors import PrepError
from prep.model.session import Item, QuizOptions, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from prep.bank.index import Entry
    from prep.model.review import Card


def choose_items(
    entries: Sequence[Entry],
    cards: Mapping[str, Card],
    options: QuizOptions,
    *,
    day: date,
    introduced: int,
    seed: int,
) -> list[Item]:
    """Return the items of a new quiz; `introduced` counts the new questions of today so far."""
    asked = [entry for entry in entries if _wanted(entry, options)]
    if options.topics and not asked:
        raise PrepError("nothing-matches", topics=", ".join(options.topics))
    open_cards = [entry for entry in asked if not _suspended(entry, cards)]
    chosen, why = _candidates(open_cards, cards, options, day, introduced, seed)
    return [
        Item(question=c.id, seed=_variant(seed, at), why=why or ("new" if c.recall is None else "due"))
        for at, c in enumerate(chosen)
    ]


def _candidates(
    entries: Sequence[Entry],
    cards: Mapping[str, Card],
    options: QuizOptions,
    day: date,
    introduced: int,
    seed: int,
) -> tuple[list[Candidate], Why | None]:
    if options.mode == "mock":
        return sample(map(_new, entries), options.count, seed), "mock"
    if options.mode == "cram":
        return sample(map(_new, entries), options.count, seed), "cram"
    if options.mode == "missed":
        missed = [entry for entry in entries if _was_missed(entry, cards)]
        return sample(map(_new, missed), options.count, seed), "missed"
    due = [] if options.mode == "new" else list(_due(entries, cards, day))
    new = [] if options.mode == "due" else [_new(e) for e in entries if _memory(e, cards) is None]
    limit = options.count if options.mode == "new" else max(0, options.new - introduced)
    return pick(due, new, count=options.count, most_new=limit, seed=seed), None


def _wanted(entry: Entry, options: QuizOptions) -> bool:
    topical = not options.topics or entry.topic in options.topics or bool(
        set(entry.tags) & set(options.topics)
    )
    return topical and (not options.levels or entry.level in options.levels)


def _card(entry: Entry, cards: Mapping[str, Card]) -> Card | None:
    card = cards.get(entry.id)
    return card if card is not None and card.meaning == entry.meaning else None


def _memory(entry: Entry, cards: Mapping[str, Card]) -> object:
    card = _card(entry, cards)
    return card.memory if card else None


def _suspended(entry: Entry, cards: Mapping[str, Card]) -> bool:
    card = _card(entry, cards)
    return card is not None and card.suspended


def _was_missed(entry: Entry, cards: Mapping[str, Card]) -> bool:
    card = _card(entry, cards)
    return card is not None and card.last_score is not None and card.last_score < 1


def _due(
    entries: Iterable[Entry], cards: Mapping[str, Card], day: date
) -> Iterable[Candidate]:
    for entry in entries:
        card = _card(entry, cards)
        if card is not None and card.memory is not None and card.memory.due <= day:
            yield _candidate(entry, recall(card.memory, day))


def _new(entry: Entry) -> Candidate:
    return _candidate(entry, None)


def _candidate(entry: Entry, recalled: float | None) -> Candidate:
    return Candidate(entry.id, entry.topic, entry.family, entry.level, recalled)


def _variant(seed: int, at: int) -> int:
    """Give each item its own seed; 2⁶³ keeps it a SQLite integer."""
    return (seed + at * 0x9E3779B97F4A7C15) % 2**63
