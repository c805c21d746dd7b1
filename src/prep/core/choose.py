"""Which questions a quiz asks, and in which order."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Protocol, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Siblings (drawn by one generator) teach the same step: keep this many others between them.
SIBLING_DISTANCE = 4


class _HasLevel(Protocol):
    @property
    def level(self) -> int: ...


Levelled = TypeVar("Levelled", bound=_HasLevel)


class Candidate(Struct, frozen=True):
    """A question that may be asked. `recall` is None for one never answered."""

    id: str
    topic: str
    family: str
    level: int
    recall: float | None = None


def pick(
    due: Iterable[Candidate],
    new: Iterable[Candidate],
    *,
    count: int,
    most_new: int,
    seed: int,
) -> list[Candidate]:
    """Return up to `count` questions: due ones first (most forgotten first), then new ones.

    Both parts change topic from question to question; new ones start at the easiest level.
    """
    reviews = sorted(due, key=lambda c: (c.recall or 0.0, _order(seed, c.id)))[:count]
    fresh = easiest_first(new, min(most_new, count - len(reviews)), seed)
    return interleave(reviews) + interleave(fresh)


def easiest_first(new: Iterable[Candidate], count: int, seed: int) -> list[Candidate]:
    """Return `count` new questions, easiest level first, all topics taking turns."""
    ranked = sorted(easiest(new, count), key=lambda c: (c.level, _order(seed, c.id)))
    turns: defaultdict[tuple[int, str], int] = defaultdict(int)
    keyed = []
    for candidate in ranked:
        turn = turns[candidate.level, candidate.topic]
        turns[candidate.level, candidate.topic] += 1
        keyed.append((candidate.level, turn, _order(seed, candidate.topic), candidate))
    keyed.sort(key=lambda item: item[:3])
    return [candidate for *_, candidate in keyed[: max(0, count)]]


def easiest(items: Iterable[Levelled], count: int) -> list[Levelled]:
    """Return all items of the easiest levels that hold `count`.

    No others can be chosen, and a bank may hold ten thousand: what follows is done to few.
    """
    by_level: defaultdict[int, list[Levelled]] = defaultdict(list)
    for item in items:
        by_level[item.level].append(item)
    found: list[Levelled] = []
    for level in sorted(by_level):
        if len(found) >= count:
            break
        found += by_level[level]
    return found


def sample(candidates: Iterable[Candidate], count: int, seed: int) -> list[Candidate]:
    """Return `count` questions spread evenly over the topics, in a seeded order."""
    by_topic: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda c: _order(seed, c.id)):
        by_topic[candidate.topic].append(candidate)
    topics = sorted(by_topic, key=lambda topic: _order(seed, topic))
    queues = [deque(by_topic[topic]) for topic in topics]
    chosen: list[Candidate] = []
    while len(chosen) < count and any(queues):
        chosen += [queue.popleft() for queue in queues if queue]
    return interleave(chosen[:count])


def interleave(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep the order as far as neighbours differ in topic and siblings stay apart."""
    waiting = list(candidates)
    placed: list[Candidate] = []
    while waiting:
        recent = {c.family for c in placed[-SIBLING_DISTANCE:]}
        last = placed[-1].topic if placed else None
        placed.append(waiting.pop(_next(waiting, recent, last)))
    return placed


def _next(waiting: Sequence[Candidate], recent: set[str], last: str | None) -> int:
    """Return the index of the first one without a recent sibling, of a new topic if any is."""
    apart = (at for at, candidate in enumerate(waiting) if candidate.family not in recent)
    first = next(apart, 0)
    return next((at for at in (first, *apart) if waiting[at].topic != last), first)


def _order(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
