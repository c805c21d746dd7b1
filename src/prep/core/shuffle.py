"""The displayed order of options, steps and right sides, fixed by a seed."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from prep.core.orders import constraints, largest_kept
from prep.model.question import (
    Bug,
    Matching,
    Multiple,
    Option,
    Ordering,
    Question,
    Single,
    TrueFalse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = 1 << 64
_MOST_TRIES = 64


def permutation(seed: int, n: int) -> tuple[int, ...]:
    """Return a permutation of 0…n-1, each as likely as the other, the same everywhere.

    Not `random.shuffle`, whose results may change with the version of Python.
    """
    items, words = list(range(n)), _words(seed)
    for last in range(n - 1, 0, -1):
        other = _below(last + 1, words)
        items[last], items[other] = items[other], items[last]
    return tuple(items)


def arrange(question: Question, seed: int) -> tuple[int, ...]:
    """Return the indices of what is shown, in the order in which it is shown.

    Options of single and multiple, reasons of true-false and bug, steps of ordering,
    right sides (pairs, then extra) of matching; nothing for the other types.
    """
    seed = _mixed(seed, question.id)
    match question:
        case Single() | Multiple():
            order = _shuffled(seed, len(question.options), keep=question.keep_order)
            return _last_at_end(order, question.options)
        case TrueFalse() | Bug():
            return _last_at_end(permutation(seed, len(question.reasons)), question.reasons)
        case Ordering():
            return _wrong_order(question, seed)
        case Matching():
            return permutation(seed, len(question.pairs) + len(question.extra))
        case _:
            return ()


def _shuffled(seed: int, n: int, *, keep: bool) -> tuple[int, ...]:
    return tuple(range(n)) if keep else permutation(seed, n)


def _last_at_end(order: Sequence[int], options: Sequence[Option]) -> tuple[int, ...]:
    return tuple(sorted(order, key=lambda index: options[index].last))


def _wrong_order(question: Ordering, seed: int) -> tuple[int, ...]:
    """Return an order of the steps that is not right already."""
    n, before = len(question.steps), constraints(question)
    orders = (permutation(_mixed(seed, str(attempt)), n) for attempt in range(_MOST_TRIES))
    wrong = (order for order in orders if len(largest_kept(order, before)) < n)
    return next(wrong, tuple(reversed(range(n))))


def _mixed(seed: int, name: str) -> int:
    """Return a seed of its own for each name, so that questions do not move alike."""
    return int.from_bytes(blake2b(f"{name}:{seed}".encode(), digest_size=8).digest(), "big")


def _words(seed: int) -> Iterator[int]:
    block = 0
    while True:
        digest = blake2b(f"{seed}:{block}".encode()).digest()
        yield from (int.from_bytes(digest[at : at + 8], "big") for at in range(0, 64, 8))
        block += 1


def _below(bound: int, words: Iterator[int]) -> int:
    """Return a number under `bound`; words above its last multiple would be unfair."""
    return next(word for word in words if word < _WORD - _WORD % bound) % bound
