"""Schedulers under comparison: ours with and without an exam date, and five others.

Each has one free knob, the argument of its constructor beside the course. All are told
the same: which question was answered on which day, and whether the answer was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np

from prep.core.exam import aim, due_on
from prep.core.fuzz import card_key
from prep.core.schedule import recall, step
from prep.model.review import Card, Memory, Rating

if TYPE_CHECKING:
    from tests.benchmarks.memories import Items

START = date(2026, 1, 1)
NEVER = 10**6


@dataclass(frozen=True)
class Course:
    """What is to be learnt: `items` questions in `days` days; the exam is on the day after."""

    items: int = 300
    days: int = 365
    new: int = 10


class Scheduler(Protocol):
    """Says what to ask."""

    def due(self, day: int) -> Items:
        """Return the questions to review on `day`, the most pressing first."""
        ...

    def answered(self, item: int, day: int, *, right: bool) -> None:
        """Take note of an answer, the first one to a new question included."""
        ...


class _Dated:
    """Base of those that keep a due day for each question."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.due_day = np.full(course.items, NEVER)

    def due(self, day: int) -> Items:
        return np.lexsort((self.due_day,))[: int((self.due_day <= day).sum())]

    def put(self, item: int, day: int, interval: float) -> None:
        self.due_day[item] = day + max(1, round(interval))


class Prep(_Dated):
    """Ours, through the functions that the product uses. Knob: desired retention."""

    exam: date | None

    def __init__(self, course: Course, knob: float) -> None:
        super().__init__(course)
        self.base = knob
        self.exam = START + timedelta(days=course.days)
        self.cards = [Card(question=f"q{item}", meaning=1) for item in range(course.items)]

    def due(self, day: int) -> Items:
        """Return the most forgotten first, as the quiz does."""
        found, today = super().due(day), START + timedelta(days=day)
        return found[np.argsort([self._recall(item, today) for item in found], kind="stable")]

    def answered(self, item: int, day: int, *, right: bool) -> None:
        card, today = self.cards[item], START + timedelta(days=day)
        wanted = aim(card.question, 1, day=today, exam=self.exam, base=self.base)
        memory = step(
            card.memory,
            Rating.GOOD if right else Rating.AGAIN,
            today,
            retention=wanted.retention,
            cap=wanted.cap,
            key=card_key(card.question, 1),
        )
        self.cards[item] = card = Card(question=card.question, meaning=1, memory=memory)
        due = due_on(card, today, self.exam)
        self.due_day[item] = NEVER if due is None else (due - START).days

    def _recall(self, item: int, today: date) -> float:
        memory: Memory | None = self.cards[item].memory
        return 0.0 if memory is None else recall(memory, today)


class PlainFsrs(Prep):
    """The same without an exam date. Knob: desired retention."""

    def __init__(self, course: Course, knob: float) -> None:
        super().__init__(course, knob)
        self.exam = None


class Sm2(_Dated):
    """SM-2: right is grade 4, wrong is grade 2. Knob: a factor on every interval.

    Right or wrong is all it is told, so grades 0, 1, 3 and 5 do not occur. The ease falls
    after a wrong answer, as in most programs; in the text of 1990 it would stay at 2.5.
    """

    def __init__(self, course: Course, knob: float) -> None:
        super().__init__(course)
        self.factor = knob
        self.ease = np.full(course.items, 2.5)
        self.interval = np.zeros(course.items)
        self.streak = np.zeros(course.items, dtype=np.int64)

    def answered(self, item: int, day: int, *, right: bool) -> None:
        if right:
            self.streak[item] += 1
            longer = self.interval[item] * self.ease[item]
            self.interval[item] = {1: 1, 2: 6}.get(int(self.streak[item]), longer)
        else:
            self.streak[item], self.interval[item] = 0, 1
            self.ease[item] = max(1.3, self.ease[item] - 0.32)
        self.put(item, day, self.interval[item] * self.factor)


class Leitner(_Dated):
    """Five boxes of 1, 2, 4, 8, 16 days. Knob: a factor on the days.

    A right answer, the first one too, moves up a box; a wrong one goes back to the first.
    """

    def __init__(self, course: Course, knob: float) -> None:
        super().__init__(course)
        self.factor = knob
        self.box = np.zeros(course.items, dtype=np.int64)

    def answered(self, item: int, day: int, *, right: bool) -> None:
        self.box[item] = min(self.box[item] + 1, 4) if right else 0
        self.put(item, day, self.factor * 2.0 ** self.box[item])


class Expanding(_Dated):
    """Days 1, 3, 7, 16, 35, 75, 160, 340 whatever is answered. Knob: a factor on the days."""

    STEPS = (1, 3, 7, 16, 35, 75, 160, 340)

    def __init__(self, course: Course, knob: float) -> None:
        super().__init__(course)
        self.factor = knob
        self.seen = np.zeros(course.items, dtype=np.int64)

    def answered(self, item: int, day: int, *, right: bool) -> None:
        at = min(int(self.seen[item]), len(self.STEPS) - 1)
        self.seen[item] += 1
        self.put(item, day, self.factor * self.STEPS[at])


class RandomOrder:
    """So many of the questions seen so far, drawn anew each day. Knob: reviews a day."""

    def __init__(self, course: Course, knob: float) -> None:
        self.each_day = knob
        self.rng = np.random.default_rng(course.items)
        self.seen = np.zeros(course.items, dtype=bool)

    def due(self, day: int) -> Items:
        # A knob of 2.5 means two on even days and three on odd ones.
        number = int((day + 1) * self.each_day) - int(day * self.each_day)
        return self.rng.permutation(np.flatnonzero(self.seen))[:number]

    def answered(self, item: int, day: int, *, right: bool) -> None:
        self.seen[item] = True


class LastWeeks:
    """Nothing until the last days, then all that the day allows. Knob: how many days.

    The longest unseen comes first.
    """

    def __init__(self, course: Course, knob: float) -> None:
        self.begin = course.days - knob
        self.last = np.full(course.items, NEVER)

    def due(self, day: int) -> Items:
        seen = np.flatnonzero(self.last < min(day, NEVER))
        return seen[np.argsort(self.last[seen], kind="stable")] if day >= self.begin else seen[:0]

    def answered(self, item: int, day: int, *, right: bool) -> None:
        self.last[item] = day
