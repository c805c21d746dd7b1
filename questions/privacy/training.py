"""Generators of questions/privacy/training.yaml."""

from __future__ import annotations

from math import sqrt
from random import Random

from prep.model.question import Drawn


def batch_spread(draw: Random) -> Drawn:
    """Standard deviation of the size of a Poisson-sampled batch."""
    records, share = draw.choice([10_000, 20_000, 50_000, 60_000]), draw.choice([1, 2, 4, 5])
    rate = share / 100
    return Drawn(
        show={"records": records, "share": share},
        answer=sqrt(records * rate * (1 - rate)),
        wrong={
            "expected_size": records * rate,
            "fixed": 0.0,
            "variance": records * rate * (1 - rate),
        },
    )
