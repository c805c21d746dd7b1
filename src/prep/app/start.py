"""Begin a quiz, or take up the one that was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.app.near import check_topics
from prep.app.quiz import Quiz
from prep.app.selection import choose_items
from prep.core.days import study_day
from prep.errors import PrepError
from prep.model.session import QuizOptions, Session

if TYPE_CHECKING:
    from prep.app.outside import Outside
    from prep.app.realise import Bank
    from prep.app.settings import Settings
    from prep.bank.index import Entry
    from prep.store.store import Store


def start_quiz(
    options: QuizOptions,
    *,
    bank: Bank,
    store: Store,
    outside: Outside,
    settings: Settings,
) -> Quiz:
    """Return today's unfinished quiz with the same options, else a new one.

    A seed in the options always begins a new one, so that it can be repeated exactly.
    """
    day = study_day(outside.now(), outside.offset())
    session = store.open_session(options, day) if options.seed is None else None
    if session is None or not _fits(session, bank):
        session = _new_session(options, bank=bank, store=store, outside=outside, settings=settings)
    return Quiz(session, bank=bank, store=store, outside=outside, settings=settings)


def _fits(session: Session, bank: Bank) -> bool:
    """Return whether the bank still has every question of a session that was left."""
    return bool(session.queue) and all(item.question in bank.index.by_id for item in session.queue)


def _new_session(
    options: QuizOptions,
    *,
    bank: Bank,
    store: Store,
    outside: Outside,
    settings: Settings,
) -> Session:
    now = outside.now()
    day = study_day(now, outside.offset())
    check_topics(bank.index, options.topics)
    items = choose_items(
        _askable(bank),
        store,
        options,
        day=day,
        settings=settings,
        seed=outside.seed() if options.seed is None else options.seed,
    )
    session = Session(
        id=outside.uid(),
        options=options,
        day=day,
        started=now,
        queue=tuple(items),
        total=len(items),
    )
    if items:
        store.save_session(session)
    return session


def _askable(bank: Bank) -> list[Entry]:
    """Return the questions whose numbers may be drawn, or need not be."""
    entries = [entry for entry in bank.index.entries if bank.trusted or not entry.drawn]
    if not entries and bank.index.entries:
        twin = bank.index.twin(bank.index.entries[0])
        raise PrepError("not-trusted", path=str(bank.index.root), file=twin.name)
    return entries
