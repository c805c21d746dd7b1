"""Generators of sums.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def total(draw: Random) -> Drawn:
    """Draw a sum."""
    a, b = draw.randint(2, 9), draw.randint(11, 19)
    return Drawn(show={"a": a, "b": b}, answer=a + b, wrong={"product": a * b, "off": a + b + 1})
