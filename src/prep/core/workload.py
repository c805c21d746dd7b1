"""How many reviews a day an exam date means: the schedule played forward.

Each card is answered on its days until the exam. It is recalled with the probability
that FSRS predicts; chance is drawn from the card's number, so that the same cards
give the same days. Of many cards a sample is played and the counts are scaled.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.core.exam import BASE, aim, due_on
from prep.core.fuzz import card_key, fraction
from prep.core.schedule import recall, step
from prep.model.review import Card, Memory, Rating
from prep.model.statistics import Load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAMPLE = 400
# Of first answers to a question, by the priors of fsrs-rs (Again 0.24).
FIRST_WRONG = 0.24
# Salts for chance: apart from those of the fuzz, which counts repetitions from 1.
SALT = 10_000


class Plan(Struct, frozen=True, kw_only=True):
    """What the learner set out to do: `unseen` questions are left, `new` come each day."""

    today: date
    exam: date
    base: float = BASE
    new: int = 0
    unseen: int = 0


def workload(cards: Iterable[Card], plan: Plan) -> Load:
    """Return the reviews that the cards, and the new questions to come, mean until the exam."""
    length = max(0, (plan.exam - plan.today).days)
    played = [card for card in cards if due_on(card, plan.today, plan.exam) is not None]
    played += _learnt(plan, length)
    every = -(-len(played) // SAMPLE) or 1
    counts = [0.0] * length
    for card in sorted(played, key=_number)[::every]:
        for day in _reviews(card, plan):
            counts[(day - plan.today).days] += every
    return Load(tuple(counts))


def _learnt(plan: Plan, length: int) -> list[Card]:
    """Return the cards that the questions still to learn will be."""
    planned = min(plan.unseen, plan.new * length)
    return [_new_card(number, plan) for number in range(planned)]


def _new_card(number: int, plan: Plan) -> Card:
    card = Card(question=f"new-{number}", meaning=1)
    day = plan.today + timedelta(days=number // plan.new)
    wrong = fraction(_number(card), SALT) < FIRST_WRONG
    return _answered(card, day, Rating.AGAIN if wrong else Rating.GOOD, plan)


def _reviews(card: Card, plan: Plan) -> Iterator[date]:
    """Yield the days on which the card is answered."""
    due = due_on(card, plan.today, plan.exam)
    day = plan.today if due is None else max(due, plan.today)
    while day < plan.exam and card.memory is not None:
        yield day
        card = _answered(card, day, _outcome(card, card.memory, day), plan)
        due = due_on(card, day, plan.exam)
        day = plan.exam if due is None else due


def _answered(card: Card, day: date, rating: Rating, plan: Plan) -> Card:
    wanted = aim(card.question, card.meaning, day=day, exam=plan.exam, base=plan.base)
    memory = step(
        card.memory,
        rating,
        day,
        retention=wanted.retention,
        cap=wanted.cap,
        key=_number(card),
    )
    return Card(question=card.question, meaning=card.meaning, memory=memory)


def _outcome(card: Card, memory: Memory, day: date) -> Rating:
    chance = fraction(_number(card), SALT + memory.reps)
    return Rating.GOOD if chance < recall(memory, day) else Rating.AGAIN


def _number(card: Card) -> int:
    return card_key(card.question, card.meaning)
