"""A quiz, one answer at a time: every answer is stored before anything else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from prep.bank.variants import draw, fill, is_drawn
from prep.core.days import study_day
from prep.core.recall import recall
from prep.core.shuffle import arrange
from prep.errors import PrepError
from prep.model.question import Drawable, Question
from prep.model.quiz import Outcome, Shown
from prep.model.session import Given, Item, QuizOptions, Session

if TYPE_CHECKING:
    from datetime import date

    from prep.app.outside import Outside
    from prep.app.settings import Settings
    from prep.bank.index import Entry, Index
    from prep.model.judgement import Judgement
    from prep.model.response import Response
    from prep.model.review import Card, Kind, LogEntry, Rating
    from prep.store.store import Store

# A missed question comes back after this many others, at most twice in one quiz.
AGAIN_AFTER = 4
MOST_REPEATS = 2


class Quiz:
    """The rest of a session. `current` is None when it is over."""

    def __init__(
        self, session: Session, *, index: Index, store: Store, outside: Outside, settings: Settings
    ) -> None:
        self.session = session
        self._index = index
        self._store = store
        self._outside = outside
        self._settings = settings
        self._hinted = False
        self.last: Outcome | None = None

    @property
    def options(self) -> QuizOptions:
        """Return what was asked for."""
        return self.session.options

    def current(self) -> Shown | None:
        """Return the question to ask now."""
        if not self.session.queue:
            return None
        item = self.session.queue[0]
        entry = self._entry(item)
        card = self._store.card(item.question, entry.meaning)
        memory = card.memory if card else None
        question = self._realised(entry, item.seed)
        return Shown(
            question=question,
            order=arrange(question, item.seed),
            item=item,
            topic=entry.topic,
            type=entry.type,
            guess=entry.guess,
            number=min(len(self._asked()) + 1, self.session.total),
            total=self.session.total,
            card=card,
            recall=recall(memory, self._today()) if memory else None,
        )

    def take_hint(self) -> None:
        """Remember that the current question was answered with a hint."""
        self._hinted = True

    def answer(self, shown: Shown, response: Response, duration_ms: int) -> Outcome:
        """Judge and store an answer; nothing is stored when the judge asks for a retry."""
        from prep.core.judge import judge  # noqa: PLC0415 - after the first question is shown

        judgement = judge(shown.question, response)
        if judgement.retry:
            return self._outcome(shown, response, judgement, None, shown.card)
        entry = self._log_entry(shown, response, judgement, duration_ms)
        given = Given(item=shown.item, uid=entry.uid, score=judgement.score)
        queue = self._with_repeat(shown.item, judgement)
        session = self._moved(queue, (*self.session.given, given))
        entry, card = self._store.record(entry, session)
        self.session, self._hinted = session, False
        self.last = self._outcome(shown, response, judgement, entry, card)
        return self.last

    def skip(self) -> None:
        """Put the current question at the end; nothing is stored about it."""
        first, *rest = self.session.queue
        self._save(self._moved((*rest, first), self.session.given))

    def undo(self) -> bool:
        """Take the last answer back and ask its question again; False if there is none."""
        if not self.session.given:
            return False
        last = self.session.given[-1]
        again = msgspec.structs.replace(last.item)
        queue = (again, *self._without_repeat(last.item))
        session = self._moved(queue, self.session.given[:-1])
        self._store.record(self._remark("undo", last), session)
        self.session, self.last = session, None
        return True

    def remark(self, kind: Kind) -> Card | None:
        """Re-rate the last answer ("I was right", "I guessed", "that was easy")."""
        if not self.session.given:
            return None
        given = self.session.given[-1]
        session = self.session
        if kind == "override":
            kept = msgspec.structs.replace(given, score=1.0)
            queue = self._without_repeat(given.item)
            session = self._moved(queue, (*self.session.given[:-1], kept))
        _, card = self._store.record(self._remark(kind, given), session)
        self.session = session
        return card

    def suspend(self, item: Item) -> None:
        """Ask this question no more, in this quiz or later, until it is resumed."""
        queue = tuple(i for i in self.session.queue if i.question != item.question)
        session = self._moved(queue, self.session.given)
        dropped = len(self.session.queue) - len(queue)
        session = msgspec.structs.replace(session, total=max(len(self._asked()), session.total - dropped))
        self._store.record(self._bare("suspend", item), session)
        self.session = session

    def end(self) -> None:
        """Mark the session as ended: the next quiz is a new one."""
        self._save(msgspec.structs.replace(self.session, queue=(), ended=True))

    def results(self) -> list[tuple[Shown, LogEntry, float]]:
        """Return each question that was answered, its log entry and its score, in order."""
        entries = {e.uid: e for e in self._store.entries_of(given.uid for given in self.session.given)}
        return [
            (self._shown_again(given.item), entries[given.uid], given.score)
            for given in self.session.given
            if given.uid in entries
        ]

    def _shown_again(self, item: Item) -> Shown:
        entry = self._entry(item)
        question = self._realised(entry, item.seed)
        return Shown(
            question=question, order=arrange(question, item.seed), item=item, topic=entry.topic,
            type=entry.type, guess=entry.guess, number=0, total=self.session.total,
            card=None, recall=None,
        )  # fmt: skip

    def _entry(self, item: Item) -> Entry:
        entry = self._index.by_id.get(item.question)
        if entry is None:
            raise PrepError("no-such-question", id=item.question)
        return entry

    def _realised(self, entry: Entry, seed: int) -> Question:
        question = self._index.question(entry)
        if isinstance(question, Drawable) and question.computed and is_drawn(question):
            return fill(question, draw(self._index.twin(entry), question.computed, seed))
        return question

    def _today(self) -> date:
        return study_day(self._outside.now(), self._outside.offset())

    def _asked(self) -> set[str]:
        """Return the questions that were answered: a repeat does not count twice."""
        return {given.item.question for given in self.session.given}

    def _kind(self) -> Kind:
        if self.options.mode == "mock":
            return "mock"
        return "cram" if self.options.mode == "cram" else "learn"

    def _log_entry(
        self, shown: Shown, response: Response, judgement: Judgement, duration_ms: int
    ) -> LogEntry:
        return self._base(
            self._kind(),
            shown.item,
            response=msgspec.json.encode(response).decode(),
            score=round(judgement.score, 6),
            duration_ms=duration_ms,
            hint=self._hinted,
            rating=self._rating(shown, judgement, duration_ms),
        )

    def _rating(self, shown: Shown, judgement: Judgement, duration_ms: int) -> Rating:
        from prep.core.rating import rate  # noqa: PLC0415 - after the first question is shown

        limit = self._quick_limits().get(shown.type)
        easy = limit is not None and duration_ms < limit
        return rate(judgement.score, hint=self._hinted, easy=easy)

    def _quick_limits(self) -> dict[str, int]:
        if not hasattr(self, "_limits"):
            from prep.core.rating import quick_limits  # noqa: PLC0415

            types = {entry.id: entry.type for entry in self._index.entries}
            self._limits = quick_limits(self._store.durations(), types)
        return self._limits

    def _remark(self, kind: Kind, given: Given) -> LogEntry:
        return self._base(kind, given.item, target=given.uid)

    def _bare(self, kind: Kind, item: Item) -> LogEntry:
        return self._base(kind, item)

    def _base(self, kind: Kind, item: Item, **values: object) -> LogEntry:
        from prep.core.exam import aim  # noqa: PLC0415
        from prep.model.review import LogEntry  # noqa: PLC0415

        entry, day = self._entry(item), self._today()
        wanted = aim(
            entry.id, entry.meaning, day=day, exam=self._settings.exam, base=self._settings.retention
        )
        return LogEntry(
            uid=self._outside.uid(),
            at=self._outside.now(),
            offset=self._outside.offset(),
            day=day,
            question=entry.id,
            revision=entry.revision,
            meaning=entry.meaning,
            seed=item.seed,
            kind=kind,
            retention=wanted.retention,
            cap=wanted.cap,
            session=self.session.id,
            **values,  # type: ignore[arg-type]
        )

    def _with_repeat(self, item: Item, judgement: Judgement) -> tuple[Item, ...]:
        rest = self.session.queue[1:]
        repeats = sum(given.item.question == item.question for given in self.session.given)
        exam_like = self.options.mode in {"mock", "cram"}
        if judgement.right or exam_like or repeats >= MOST_REPEATS:
            return rest
        again = Item(question=item.question, seed=(item.seed + 1) % 2**63, why="again")
        return (*rest[:AGAIN_AFTER], again, *rest[AGAIN_AFTER:])

    def _without_repeat(self, item: Item) -> tuple[Item, ...]:
        return tuple(
            other
            for other in self.session.queue
            if not (other.question == item.question and other.why == "again")
        )

    def _moved(self, queue: tuple[Item, ...], given: tuple[Given, ...]) -> Session:
        return msgspec.structs.replace(self.session, queue=queue, given=given)

    def _save(self, session: Session) -> None:
        self._store.save_session(session)
        self.session = session

    def _outcome(
        self,
        shown: Shown,
        response: Response,
        judgement: Judgement,
        entry: LogEntry | None,
        card: Card | None,
    ) -> Outcome:
        return Outcome(
            shown=shown, response=response, judgement=judgement, entry=entry, card=card,
            day=self._today(),
        )  # fmt: skip
