"""From an item of a quiz to the question as it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.app.near import near
from prep.core.recall import recall
from prep.core.shuffle import arrange
from prep.errors import PrepError
from prep.model.question import Drawable, Question
from prep.model.quiz import Shown
from prep.model.text import Text

if TYPE_CHECKING:
    from datetime import date

    from prep.bank.index import Entry, Index
    from prep.model.review import Card
    from prep.model.session import Item


class Bank(Struct, frozen=True):
    """An opened bank; `trusted` says whether its generators may run."""

    index: Index
    trusted: bool = True

    def entry(self, question: str) -> Entry:
        """Return what is known of a question; PrepError when the bank has none of that id."""
        entry = self.index.by_id.get(question)
        if entry is None:
            close = near(question, self.index.by_id)
            code = "no-such-question-near" if close else "no-such-question"
            raise PrepError(code, id=question, near=close)
        return entry

    def question(self, entry: Entry, seed: int) -> Question:
        """Return a question with its numbers drawn."""
        question = self.index.question(entry)
        if isinstance(question, Drawable) and question.computed is not None:
            twin = self.index.twin(entry)
            if not self.trusted:
                raise PrepError("not-trusted", path=str(self.index.root), file=twin.name)
            from prep.bank.variants import draw, fill  # noqa: PLC0415 - only drawn ones need it

            return fill(question, draw(twin, question.computed, seed))
        return question

    def shown(
        self,
        item: Item,
        *,
        number: int = 0,
        total: int = 0,
        card: Card | None = None,
        day: date | None = None,
    ) -> Shown:
        """Return an item as it is asked on `day`."""
        entry = self.entry(item.question)
        question = self.question(entry, item.seed)
        memory = card.memory if card is not None else None
        return Shown(
            question=question,
            order=arrange(question, item.seed),
            item=item,
            topic=self.topic_name(entry.topic),
            topic_id=entry.topic,
            type=entry.type,
            guess=entry.guess,
            number=number,
            total=total,
            card=card,
            recall=recall(memory, day) if memory is not None and day is not None else None,
        )

    def topic_name(self, topic: str) -> Text:
        """Return a topic's name, or its id when its file gives none."""
        return self.index.head.topics.get(topic) or Text(topic, topic)
