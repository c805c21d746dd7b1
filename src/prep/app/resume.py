"""Take up a suspended question again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.app.entries import Scribe
from prep.app.realise import Bank
from prep.model.session import Item

if TYPE_CHECKING:
    from prep.app.outside import Outside
    from prep.app.settings import Settings
    from prep.bank.index import Index
    from prep.store.store import Store


def resume(index: Index, store: Store, outside: Outside, settings: Settings, question: str) -> bool:
    """Log that a question is asked again; False when it was not suspended."""
    entry = Bank(index).entry(question)
    card = store.card(entry.id, entry.meaning)
    if card is None or not card.suspended:
        return False
    scribe = Scribe(outside, settings, None)
    store.record(scribe.remark("resume", entry, Item(question=entry.id, seed=0, why="due")))
    return True
