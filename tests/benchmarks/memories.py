"""Memories of simulated learners: three models, none of which is FSRS.

Shapes come from the literature (docs/scheduling.md names the sources). Constants were
fixed before any scheduler was run: in all three a median learner still knows about
two questions in three a day after they were first read. Time is in days; each question
is studied at most once a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = NDArray[np.float64]
Items = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Brain(Protocol):
    """What a learner remembers. `recall` of a question never studied is 0."""

    def recall(self, items: Items, day: int) -> Floats:
        """Return the true probability of remembering each of `items` on `day`."""
        ...

    def study(self, items: Items, day: int, recalled: Flags) -> None:
        """Change the memory of `items`: each was asked, and its answer read."""
        ...


@dataclass
class HalfLife:
    """Recall halves every half-life; right answers multiply it, the later the more.

    `first` is each question's half-life after it was first read, `gain` how well it
    takes to repetition, `loss` what a failure leaves.
    """

    first: Floats
    gain: Floats
    loss: float
    last: Floats = field(init=False)
    half_life: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.last = np.full(self.first.size, -np.inf)
        self.half_life = np.ones(self.first.size)

    def recall(self, items: Items, day: int) -> Floats:
        return np.asarray(0.5 ** ((day - self.last[items]) / self.half_life[items]))

    def study(self, items: Items, day: int, recalled: Flags) -> None:
        spaced = np.sqrt(1 - self.recall(items, day))
        risen = self.half_life[items] * (1 + self.gain[items] * spaced)
        fallen = np.maximum(self.half_life[items] * self.loss, self.first[items] / 2)
        begun = self.first[items] * np.where(recalled, KNOWN, 1.0)
        seen = np.isfinite(self.last[items])
        self.half_life[items] = np.where(seen, np.where(recalled, risen, fallen), begun)
        self.last[items] = day


@dataclass
class TwoComponents:
    """Stability and retrievability as in SuperMemo: a repetition near forgetting gains most.

    `first` is each question's stability (days until recall is 0.9) after it was first
    read, `most` the largest increase of stability at a stability of one day.
    """

    first: Floats
    most: Floats
    last: Floats = field(init=False)
    stability: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.last = np.full(self.first.size, -np.inf)
        self.stability = np.ones(self.first.size)

    def recall(self, items: Items, day: int) -> Floats:
        return np.asarray(0.9 ** ((day - self.last[items]) / self.stability[items]))

    def study(self, items: Items, day: int, recalled: Flags) -> None:
        stability = self.stability[items]
        most = self.most[items] * stability**-SATURATION
        risen = stability * np.maximum(1.0, most * np.exp(-GAIN * self.recall(items, day)))
        fallen = np.minimum(stability, self.first[items] * (1 + stability) ** 0.25)
        begun = self.first[items] * np.where(recalled, KNOWN, 1.0)
        seen = np.isfinite(self.last[items])
        self.stability[items] = np.where(seen, np.where(recalled, risen, fallen), begun)
        self.last[items] = day


@dataclass
class Activation:
    """ACT-R's traces, each decaying the faster the more active the memory was at its making.

    `ease` is added to each question's activation when it is recalled.
    """

    ease: Floats
    decay: float
    slope: float
    noise: float
    count: Items = field(init=False)
    made: Floats = field(init=False)
    decays: Floats = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.ease.size, TRACES)
        self.count = np.zeros(self.ease.size, dtype=np.int64)
        self.made, self.decays = np.full(shape, np.nan), np.full(shape, self.decay)

    def recall(self, items: Items, day: int) -> Floats:
        with np.errstate(divide="ignore"):
            active = np.log(self._sum(items, day)) + self.ease[items]
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp((THRESHOLD - active) / self.noise)))

    def study(self, items: Items, day: int, recalled: Flags) -> None:
        known = items[recalled & (self.count[items] == 0)]
        for before in KNOWN_TRACES:
            self._trace(known, day - before)
        self._trace(items, day)

    def _trace(self, items: Items, day: int) -> None:
        at = self.count[items]
        self.decays[items, at] = self.decay + self.slope * self._sum(items, day)
        self.made[items, at] = day
        self.count[items] = at + 1

    def _sum(self, items: Items, day: int) -> Floats:
        used = int(self.count[items].max(initial=0))
        age = (day - self.made[items, :used]) * SECONDS
        return np.asarray(np.nansum(np.maximum(age, 1.0) ** -self.decays[items, :used], axis=1))


# A question known before its first quiz begins this much stronger.
KNOWN = 10.0
# SuperMemo's stabilization curve: SInc = SIncMax * exp(-GAIN * R).
GAIN = 3.1
SATURATION = 0.1
# Pavlik and Anderson's threshold; a day between sessions counts 0.025 of its seconds.
THRESHOLD = -0.704
SECONDS = 86400 * 0.025
TRACES = 420
KNOWN_TRACES = (90, 30, 10)


def half_life(rng: np.random.Generator, items: int) -> HalfLife:
    """Return a learner's memory with half-lives, perturbed by learner and by question."""
    return HalfLife(
        first=_spread(rng, 1.5 * _one(rng, 0.3), 0.6, items),
        gain=_spread(rng, 3.0 * _one(rng, 0.25), 0.3, items),
        loss=0.4 * _one(rng, 0.2),
    )


def two_components(rng: np.random.Generator, items: int) -> TwoComponents:
    """Return a learner's memory with stabilities, perturbed by learner and by question."""
    return TwoComponents(
        first=_spread(rng, 0.3 * _one(rng, 0.3), 0.6, items),
        most=_spread(rng, 42.0 * _one(rng, 0.2), 0.3, items),
    )


def activation(rng: np.random.Generator, items: int) -> Activation:
    """Return a learner's memory with traces, perturbed by learner and by question."""
    return Activation(
        ease=rng.normal(rng.normal(0.9, 0.2), 0.5, items),
        decay=0.177 * _one(rng, 0.1),
        slope=0.217 * _one(rng, 0.2),
        noise=0.255 * _one(rng, 0.1),
    )


MODELS: dict[str, Callable[[np.random.Generator, int], Brain]] = {
    "half-life": half_life,
    "two components": two_components,
    "activation": activation,
}


def _one(rng: np.random.Generator, sigma: float) -> float:
    return float(rng.lognormal(0.0, sigma))


def _spread(rng: np.random.Generator, median: float, sigma: float, items: int) -> Floats:
    return median * rng.lognormal(0.0, sigma, items)
