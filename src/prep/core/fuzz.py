"""Spreading due days a little, so that what was learnt together does not stay together."""

from __future__ import annotations

from hashlib import blake2b
from math import inf

# Anki's ranges (rslib/src/scheduler/states/fuzz.rs): from, to, share of the interval.
RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, inf, 0.05))
SHORTEST_FUZZED = 3


def card_key(question: str, meaning: int) -> int:
    """Return the stable number of a card, below 2**63."""
    digest = blake2b(f"{meaning}:{question}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def fuzzed(interval: int, *, key: int, reps: int, cap: int) -> int:
    """Return `interval` moved within Anki's range: the same for the same card and repetition.

    What the cap cuts off is not moved: the cap is a day on which the card is wanted, and
    a card that came a few days before it would be asked again on it.
    """
    if interval >= cap:
        return max(1, cap)
    low, high = bounds(interval, cap)
    return low + int(fraction(key, reps) * (high - low + 1))


def bounds(interval: int, cap: int) -> tuple[int, int]:
    """Return the shortest and the longest interval that the fuzz may choose."""
    top = max(1, cap)
    middle = min(max(1, interval), top)
    if middle < SHORTEST_FUZZED:
        return middle, middle
    delta = 1.0 + sum(share * max(0.0, min(middle, end) - start) for start, end, share in RANGES)
    return max(1, round(middle - delta)), min(round(middle + delta), top)


def fraction(key: int, salt: int) -> float:
    """Return a number in 0…1 (1 excluded) that only `key` and `salt` decide."""
    digest = blake2b(f"{key}:{salt}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53
