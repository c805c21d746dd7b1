"""One question outside a quiz."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prep.app.realise import Bank
from prep.core.judge import judge
from prep.core.keys import key_response
from prep.model.quiz import Outcome
from prep.model.session import Item

if TYPE_CHECKING:
    from prep.bank.index import Index
    from prep.model.quiz import Shown


def shown_alone(index: Index, question: str, seed: int) -> Shown:
    """Return a question as a quiz would ask it with `seed`."""
    return Bank(index).shown(Item(question=question, seed=seed, why="cram"))


def answered(shown: Shown) -> Outcome:
    """Return the outcome of the question's own key; nothing is stored."""
    response = key_response(shown.question)
    return Outcome(
        shown=shown,
        response=response,
        judgement=judge(shown.question, response),
        entry=None,
        card=None,
        day=date.min,
    )
