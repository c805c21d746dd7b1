"""New lines of the log: what the clock, the settings and the question say at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from prep.core.days import study_day
from prep.core.exam import aim
from prep.core.rating import rate
from prep.model.review import LogEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prep.app.outside import Outside
    from prep.app.settings import Settings
    from prep.bank.index import Entry
    from prep.model.judgement import Judgement
    from prep.model.quiz import Shown
    from prep.model.response import Response
    from prep.model.review import Kind
    from prep.model.session import Given, Item, Mode


class Scribe(Struct, frozen=True):
    """Writes log entries for one quiz."""

    outside: Outside
    settings: Settings
    session: str | None

    def answer(  # noqa: PLR0913 - what one line of the log is made of
        self,
        entry: Entry,
        shown: Shown,
        response: Response,
        judgement: Judgement,
        *,
        mode: Mode,
        duration_ms: int,
        hint: bool,
        limits: Mapping[str, int],
    ) -> LogEntry:
        """Return the entry of an answer. The store decides between learn, review and practice."""
        kind: Kind = "mock" if mode == "mock" else "cram" if mode == "cram" else "learn"
        limit = limits.get(shown.type)
        rating = rate(judgement.score, hint=hint, easy=limit is not None and duration_ms < limit)
        return self.remark(
            kind,
            entry,
            shown.item,
            response=msgspec.json.encode(response).decode(),
            score=round(judgement.score, 6),
            duration_ms=duration_ms,
            hint=hint,
            rating=rating,
        )

    def about(self, kind: Kind, entry: Entry, given: Given) -> LogEntry:
        """Return an entry about an earlier one: undo, override, guess or easy."""
        return self.remark(kind, entry, given.item, target=given.uid)

    def remark(self, kind: Kind, entry: Entry, item: Item, **values: Any) -> LogEntry:  # noqa: ANN401
        """Return an entry of any kind about a question, at this moment."""
        now, offset = self.outside.now(), self.outside.offset()
        day = study_day(now, offset)
        settings = self.settings
        wanted = aim(entry.id, entry.meaning, day=day, exam=settings.exam, base=settings.retention)
        return LogEntry(
            uid=self.outside.uid(),
            at=now,
            offset=offset,
            day=day,
            question=entry.id,
            revision=entry.revision,
            meaning=entry.meaning,
            seed=item.seed,
            kind=kind,
            retention=wanted.retention,
            cap=wanted.cap,
            session=self.session,
            **values,
        )
