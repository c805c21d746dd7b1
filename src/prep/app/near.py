"""Names close to one that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from prep.bank.index import Index

_MOST = 3


def near(name: str, names: Iterable[str]) -> str:
    """Return up to three names that `name` may be a slip of, joined; empty without any."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes only

    known = sorted(names)
    found = get_close_matches(name, known, n=_MOST)
    found += [other for other in known if name and name in other and other not in found]
    return ", ".join(found[:_MOST])


def check_topics(index: Index, topics: Collection[str]) -> None:
    """Refuse a topic or sub-topic that the bank does not have."""
    if not topics:
        return
    known = {name for entry in index.entries for name in (entry.topic, *entry.tags)}
    known.update(index.head.topics, *index.head.tags.values())
    for topic in topics:
        if topic not in known:
            close = near(topic, known)
            raise UsageError(
                "no-such-topic-near" if close else "no-such-topic", topic=topic, near=close
            )
