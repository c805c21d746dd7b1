"""Generators of questions/metrics/protocol.yaml."""

from __future__ import annotations

from math import sqrt
from random import Random

from prep.model.question import Drawn


def interval_half_width(draw: Random) -> Drawn:
    """One side of the 95 % interval of an accuracy, in percentage points."""
    while True:
        count = draw.choice([164, 200, 250, 400, 500, 800, 1000, 1319, 2000])
        percent = draw.choice([*range(60, 97), *range(15, 40)])
        share = percent / 100
        error = 100 * sqrt(share * (1 - share) / count)
        answer = 1.96 * error
        wrong = {
            "one_standard_error": error,
            "full_width": 2 * answer,
            "worst_share": 100 / sqrt(count),
        }
        if len({f"{value:.2g}" for value in (answer, *wrong.values())}) == 1 + len(wrong):
            return Drawn(
                show={"percent": percent, "count": f"{count:,}"}, answer=answer, wrong=wrong
            )
