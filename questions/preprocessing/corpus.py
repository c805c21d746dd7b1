"""Generators of questions/preprocessing/corpus.yaml."""

from __future__ import annotations

import itertools
from random import Random

from prep.model.question import Drawn


def _apart(values: list[float]) -> bool:
    """No two values closer than 2 %."""
    ordered = sorted(values)
    return all(b - a > 0.02 * b for a, b in itertools.pairwise(ordered))


def lsh_probability(draw: Random) -> Drawn:
    """Chance that two documents share at least one band."""
    while True:
        bands, rows = draw.choice([(14, 8), (20, 5), (16, 8), (25, 4), (20, 10), (32, 6), (10, 6)])
        similarity = draw.choice([0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85])
        answer = 1 - (1 - similarity**rows) ** bands
        wrong = {
            "swapped": 1 - (1 - similarity**bands) ** rows,
            "one_band": similarity**rows,
            "any_hash": 1 - (1 - similarity) ** (bands * rows),
        }
        if 0.1 < answer < 0.95 and _apart([answer, *wrong.values()]):
            return Drawn(
                show={"bands": bands, "rows": rows, "similarity": f"{similarity:g}"},
                answer=answer,
                wrong=wrong,
            )


def parallel_gpu_hours(draw: Random) -> Drawn:
    """GPU-hours of a data-parallel run with imperfect scaling."""
    hours = draw.randrange(200, 1000, 20)
    gpus, efficiency = draw.choice([8, 16, 32, 64]), draw.choice([70, 75, 80, 85, 90])
    share = efficiency / 100
    return Drawn(
        show={"hours": hours, "gpus": gpus, "efficiency": efficiency},
        answer=hours / share,
        wrong={
            "wall_time": hours / (gpus * share),
            "unchanged": float(hours),
            "cheaper": hours * share,
        },
    )


def source_epochs(draw: Random) -> Drawn:
    """Passes over one source of a mixture."""
    while True:
        budget = draw.choice([200, 300, 400, 500, 800, 1000])
        size, weight = (
            draw.choice([8, 12, 15, 18, 24, 30, 45, 60]),
            draw.choice([3, 5, 8, 10, 12, 15]),
        )
        answer = budget * weight / 100 / size
        wrong = {
            "weight_ignored": budget / size,
            "inverted": 1 / answer,
            "share_of_budget": size / budget,
        }
        if 0.6 < answer < 12 and _apart([answer, *wrong.values()]):
            return Drawn(
                show={"budget": budget, "size": size, "weight": weight},
                answer=answer,
                wrong=wrong,
            )
