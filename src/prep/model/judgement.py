"""What the judge says about an answer."""

from __future__ import annotations

from msgspec import Struct, field

from prep.errors import PrepError
from prep.model.text import Text


class Note(Struct, frozen=True):
    """A remark that `ui` words: `code` names the sentence, `values` fill it."""

    code: str
    values: dict[str, str] = field(default_factory=dict)


def note_of(error: PrepError) -> Note:
    """Return an error as a remark."""
    return Note(error.code, {name: str(value) for name, value in error.values.items()})


class Judgement(Struct, frozen=True):
    """Score in 0…1, the author's replies to near misses, and remarks.

    `parts` holds one mark per gap, pair, step or claim, in the order of the bank.
    `retry` asks for the answer again (a misspelling): nothing is stored.
    """

    score: float
    replies: tuple[Text, ...] = ()
    notes: tuple[Note, ...] = ()
    parts: tuple[bool, ...] = ()
    retry: bool = False

    @property
    def right(self) -> bool:
        """Return whether the answer was wholly right."""
        return self.score >= 1.0
