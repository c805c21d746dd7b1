"""Generators of questions/tuning/initialisation.yaml."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from random import Random

from prep.model.question import Drawn


def kaiming_std(draw: Random) -> Drawn:
    """Standard deviation of Kaiming normal weights (fan-in, ReLU)."""
    while True:
        fan_in, fan_out = draw.sample([256, 384, 512, 784, 1024, 1536, 2048, 4096], 2)
        answer = sqrt(2 / fan_in)
        wrong = {
            "xavier": sqrt(2 / (fan_in + fan_out)),
            "fan_out_used": sqrt(2 / fan_out),
            "no_gain": sqrt(1 / fan_in),
            "variance": 2 / fan_in,
        }
        ordered = sorted([answer, *wrong.values()])
        if all(high > 1.03 * low for low, high in pairwise(ordered)):
            return Drawn(show={"fan_in": fan_in, "fan_out": fan_out}, answer=answer, wrong=wrong)
