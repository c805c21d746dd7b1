"""Find and list what the bank holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prep.app.near import check_topics
from prep.app.realise import Bank
from prep.core.search import matches
from prep.model.catalog import QuestionRow, TagRow, TopicRow
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prep.bank.index import Entry, Index
    from prep.model.review import Card
    from prep.store.store import Store


def topics(index: Index) -> list[TopicRow]:
    """Return all topics with their sub-topics."""
    by_topic = Counter(entry.topic for entry in index.entries)
    by_tag = Counter(tag for entry in index.entries for tag in entry.tags)
    return [
        TopicRow(
            id=topic,
            name=index.head.topics.get(topic) or Text(topic, topic),
            questions=count,
            tags=tuple(
                TagRow(id=tag, name=name, questions=by_tag[tag])
                for tag, name in index.head.tags.get(topic, {}).items()
            ),
        )
        for topic, count in sorted(by_topic.items())
    ]


def questions(
    index: Index, store: Store, *, topics: Sequence[str], levels: Sequence[int]
) -> list[QuestionRow]:
    """Return the questions of some topics (or sub-topics) and levels; all of them without any."""
    wanted = set(topics)
    check_topics(index, wanted)
    entries = [
        entry
        for entry in index.entries
        if (not wanted or wanted & {entry.topic, *entry.tags})
        and (not levels or entry.level in levels)
    ]
    return _rows(index, entries, store)


def search(index: Index, store: Store, words: str, *, limit: int) -> tuple[list[QuestionRow], int]:
    """Return the first `limit` questions that hold every word, best first, and how many do."""
    found = [index.entries[at] for at in matches(index.search_lines(), words)]
    return _rows(index, found[:limit], store), len(found)


def suspended(index: Index, store: Store) -> list[QuestionRow]:
    """Return the suspended questions that the bank has."""
    held = {card.question for card in store.cards() if card.suspended}
    return _rows(index, [entry for entry in index.entries if entry.id in held], store)


def _rows(index: Index, entries: Iterable[Entry], store: Store) -> list[QuestionRow]:
    return [_row(index, entry, store.card(entry.id, entry.meaning)) for entry in entries]


def _row(index: Index, entry: Entry, card: Card | None) -> QuestionRow:
    return QuestionRow(
        id=entry.id,
        topic=entry.topic,
        level=entry.level,
        type=entry.type,
        prompt=Bank(index).question(entry, 0).prompt,
        due=card.memory.due if card is not None and card.memory is not None else None,
        suspended=card is not None and card.suspended,
    )
