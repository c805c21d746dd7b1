"""What a learner answered, free of how it was shown or typed.

Indices point into the question as it is written in the bank, never into the
shuffled options on the screen.
"""

from __future__ import annotations

from msgspec import Struct


class _Response(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag=str.lower):
    pass


class Picks(_Response, frozen=True):
    """Chosen options of `single` and `multiple`."""

    picks: tuple[int, ...]


class Typed(_Response, frozen=True):
    """The text typed for `numeric`, `short`, `output` and `shape`."""

    text: str


class Blanks(_Response, frozen=True):
    """One text per gap of a `cloze`."""

    texts: tuple[str, ...]


class Order(_Response, frozen=True):
    """Indices of the steps of an `ordering`, first step first."""

    order: tuple[int, ...]


class Match(_Response, frozen=True):
    """For each pair of a `matching`, the index of the chosen right side in pairs + extra."""

    rights: tuple[int, ...]


class Reasoned(_Response, frozen=True):
    """`true-false`: claim 1 (true) or 0; `bug`: claim is the line. `reason` is an index."""

    claim: int
    reason: int


class Ticks(_Response, frozen=True):
    """Points of an `open` question that the learner's own answer had."""

    ticks: tuple[int, ...]


Response = Picks | Typed | Blanks | Order | Match | Reasoned | Ticks
