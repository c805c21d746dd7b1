"""Generators of sums.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.model.question import Drawn

if TYPE_CHECKING:
    from random import Random


def two_numbers(draw: Random) -> Drawn:
    """Add two numbers."""
    a, b = draw.randint(5, 999), draw.randint(5, 999)
    return Drawn(show={"a": a, "b": b}, answer=a + b, wrong={"product": a * b})


def two_numbers_to_choose(draw: Random) -> Drawn:
    """Add two numbers; the answers are texts."""
    a, b = draw.randint(50, 99), draw.randint(5, 9)
    wrong = {"product": str(a * b), "difference": str(a - b)}
    return Drawn(show={"a": a, "b": b}, answer=str(a + b), wrong=wrong)
