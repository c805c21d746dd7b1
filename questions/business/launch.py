"""Generators of questions/business/launch.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def eu_compute(draw: Random) -> Drawn:
    """Training compute of a dense model in units of 10^25 FLOP."""
    while True:
        size = draw.choice([8, 13, 27, 32, 70, 72, 120, 180, 236, 405])
        tokens = draw.choice([2, 4, 6, 8, 10, 12, 15, 18, 24, 30])
        product = size * tokens * 1e21
        answer = 6 * product / 1e25
        wrong = {
            "forward_only": 2 * product / 1e25,
            "no_factor": product / 1e25,
            "power_of_ten": 60 * product / 1e25,
        }
        if 0.02 < answer < 6:
            return Drawn(show={"size": size, "tokens": tokens}, answer=answer, wrong=wrong)
