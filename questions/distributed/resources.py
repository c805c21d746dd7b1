"""Generators of questions/distributed/resources.yaml."""

from __future__ import annotations

from math import sqrt
from random import Random

from prep.model.question import Drawn


def fleet_utilisation(draw: Random) -> Drawn:
    """MFU in percent from the tokens per second of a whole job."""
    size = draw.choice([7, 8, 13, 14, 30, 32, 70])
    gpus = draw.choice([64, 128, 256, 512])
    target = draw.uniform(0.28, 0.52)
    rate = round(target * gpus * 989e12 / (6 * size * 1e9) / 1_000) * 1_000
    share = 100 * 6 * size * 1e9 * rate / (gpus * 989e12)
    return Drawn(
        show={"size": size, "gpus": gpus, "rate": f"{rate:,}"},
        answer=share,
        wrong={
            "with_recompute": share * 8 / 6,
            "forward_only": share / 3,
            "backward_only": share * 4 / 6,
        },
    )


def checkpoint_minutes(draw: Random) -> Drawn:
    """Young's interval between checkpoints, in minutes."""
    while True:
        seconds = draw.choice([20, 30, 40, 45, 60, 90, 120])
        hours = draw.choice([3, 4, 6, 8, 10, 12, 20])
        cost, between = seconds / 60, hours * 60
        values = {
            "answer": sqrt(2 * cost * between),
            "factor_two_missing": sqrt(cost * between),
            "half_of_mtbf": between / 2,
            "doubled": 2 * sqrt(2 * cost * between),
        }
        if len({f"{value:.2g}" for value in values.values()}) == len(values):
            return Drawn(
                show={"seconds": seconds, "hours": hours},
                answer=values.pop("answer"),
                wrong={**values},
            )
