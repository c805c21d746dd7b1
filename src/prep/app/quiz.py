"""A quiz, one answer at a time: every answer is stored before anything else happens."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from prep.core.days import study_day
from prep.model.quiz import Outcome
from prep.model.session import Given, Item, Session

if TYPE_CHECKING:
    from datetime import date

    from prep.app.entries import Scribe
    from prep.app.outside import Outside
    from prep.app.realise import Bank
    from prep.app.settings import Settings
    from prep.model.judgement import Judgement
    from prep.model.quiz import Shown
    from prep.model.response import Response
    from prep.model.review import Card, Kind
    from prep.store.store import Store

# A missed question comes back after this many others, at most twice in one quiz.
AGAIN_AFTER = 4
MOST_REPEATS = 2


class Quiz:
    """The rest of a session. `current()` is None when it is over."""

    def __init__(
        self, session: Session, *, bank: Bank, store: Store, outside: Outside, settings: Settings
    ) -> None:
        self.session = session
        self.bank = bank
        self._store = store
        self._outside = outside
        self._settings = settings
        self._hinted = False
        self._misspelt: Item | None = None

    @property
    def exam_like(self) -> bool:
        """Return whether answers stay apart from the schedule."""
        return self.session.options.mode in {"mock", "cram"}

    @property
    def exam(self) -> date | None:
        """Return the date that the learner studies for."""
        return self._settings.exam

    @property
    def done(self) -> int:
        """Return how many different questions were answered."""
        return len({given.item.question for given in self.session.given})

    def today(self) -> date:
        """Return the study day."""
        return study_day(self._outside.now(), self._outside.offset())

    def seconds_left(self) -> float | None:
        """Return the seconds to the end of a mock exam, not above 0 after it; else None."""
        options = self.session.options
        if options.mode != "mock":
            return None
        passed = (self._outside.now() - self.session.started).total_seconds()
        return options.minutes * 60 - passed

    def current(self) -> Shown | None:
        """Return the question to ask now."""
        self._catch_up()
        if self.session.ended or not self.session.queue:
            return None
        item = self.session.queue[0]
        again = any(given.item.question == item.question for given in self.session.given)
        return self.bank.shown(
            item,
            number=min(self.done + (0 if again else 1), self.session.total),
            total=self.session.total,
            card=self._store.card(item.question, self.bank.entry(item.question).meaning),
            day=self.today(),
        )

    def take_hint(self) -> None:
        """Remember that the current question is answered with a hint."""
        self._hinted = True

    def answer(self, shown: Shown, response: Response, duration_ms: int) -> Outcome:
        """Judge and store an answer; nothing is stored when the judge asks for a retry."""
        judgement = self._judged(shown, response)
        if judgement.retry:
            return self._outcome(shown, response, judgement)
        self._catch_up()
        entry = self._scribe.answer(
            self.bank.entry(shown.item.question),
            shown,
            response,
            judgement,
            mode=self.session.options.mode,
            duration_ms=duration_ms,
            hint=self._hinted,
            limits=self._limits,
        )
        given = Given(item=shown.item, uid=entry.uid, score=entry.score)
        session = self._moved(
            self._queue_after(shown.item, right=judgement.right), (*self.session.given, given)
        )
        stored, card = self._store.record(entry, session)
        self.session, self._hinted = session, False
        outcome = self._outcome(shown, response, judgement)
        return msgspec.structs.replace(outcome, entry=stored, card=card)

    def skip(self) -> bool:
        """Put the current question at the end; False when it is the only one."""
        if len(self.session.queue) < 2:  # noqa: PLR2004 - one question cannot change places
            return False
        first, *rest = self.session.queue
        self._save(self._moved((*rest, first), self.session.given))
        self._hinted = False
        return True

    def undo(self) -> bool:
        """Take the last answer back and ask its question again; False if there is none."""
        if not self.session.given:
            return False
        last = self.session.given[-1]
        queue = (last.item, *self._without_repeat(last.item))
        session = self._moved(queue, self.session.given[:-1])
        self._record("undo", last, session)
        self._hinted = False
        return True

    def remark(self, kind: Kind) -> Card:
        """Re-rate the last answer: `override` (I was right), `guess` or `easy`."""
        given = self.session.given[-1]
        session = self.session
        if kind == "override":
            kept = msgspec.structs.replace(given, score=1.0)
            session = self._moved(
                self._without_repeat(given.item), (*self.session.given[:-1], kept)
            )
        return self._record(kind, given, session)

    def suspend(self, item: Item) -> None:
        """Ask this question no more, in this quiz or later, until it is resumed."""
        queue = tuple(i for i in self.session.queue if i.question != item.question)
        answered = any(given.item.question == item.question for given in self.session.given)
        total = self.session.total - (0 if answered else 1)
        session = msgspec.structs.replace(
            self._moved(queue, self.session.given), total=max(self.done, total)
        )
        entry = self._scribe.remark("suspend", self.bank.entry(item.question), item)
        self._store.record(entry, session)
        self.session = session

    def end(self) -> None:
        """Mark the session as ended: the next quiz is a new one."""
        self._save(msgspec.structs.replace(self.session, ended=True))

    @cached_property
    def _scribe(self) -> Scribe:
        from prep.app.entries import Scribe  # noqa: PLC0415 - see answer()

        return Scribe(self._outside, self._settings, self.session.id)

    @cached_property
    def _limits(self) -> dict[str, int]:
        """Return the times below which a typed right answer counts as easy."""
        from prep.core.rating import quick_limits  # noqa: PLC0415 - see answer()

        types = {entry.id: entry.type for entry in self.bank.index.entries}
        return quick_limits(self._store.durations(), types)

    def _judged(self, shown: Shown, response: Response) -> Judgement:
        """Judge an answer; the second misspelling of a question is a wrong answer."""
        # Imported here so that the first question is on the screen before the judge is loaded.
        from prep.core.judge import judge  # noqa: PLC0415

        judgement = judge(shown.question, response)
        if judgement.retry and self._misspelt == shown.item:
            return msgspec.structs.replace(judgement, notes=(), retry=False)
        if judgement.retry:
            self._misspelt = shown.item
        return judgement

    def _catch_up(self) -> None:
        """Take over what another process did to this session meanwhile."""
        self.session = self._store.session(self.session.id) or self.session

    def _queue_after(self, item: Item, *, right: bool) -> tuple[Item, ...]:
        rest = tuple(other for other in self.session.queue if other != item)
        repeats = sum(given.item.question == item.question for given in self.session.given)
        if right or self.exam_like or repeats >= MOST_REPEATS:
            return rest
        again = Item(question=item.question, seed=(item.seed + 1) % 2**63, why="again")
        return (*rest[:AGAIN_AFTER], again, *rest[AGAIN_AFTER:])

    def _without_repeat(self, item: Item) -> tuple[Item, ...]:
        return tuple(
            other
            for other in self.session.queue
            if not (other.question == item.question and other.why == "again")
        )

    def _record(self, kind: Kind, given: Given, session: Session) -> Card:
        entry = self._scribe.about(kind, self.bank.entry(given.item.question), given)
        _, card = self._store.record(entry, session)
        self.session = session
        return card

    def _moved(self, queue: tuple[Item, ...], given: tuple[Given, ...]) -> Session:
        return msgspec.structs.replace(self.session, queue=queue, given=given)

    def _save(self, session: Session) -> None:
        self._store.save_session(session)
        self.session = session

    def _outcome(self, shown: Shown, response: Response, judgement: Judgement) -> Outcome:
        return Outcome(
            shown=shown,
            response=response,
            judgement=judgement,
            entry=None,
            card=shown.card,
            day=self.today(),
        )
