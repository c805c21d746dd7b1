"""Generators of questions/framework-choice/selection.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def api_or_own_gpus(draw: Random) -> Drawn:
    """Daily tokens from which own GPUs are cheaper than an API."""
    while True:
        gpus, cents = draw.choice((1, 2, 4)), draw.randrange(190, 420, 10)
        upkeep, api_cents = draw.randrange(3000, 12001, 600), draw.randrange(40, 361, 20)
        hour, api = gpus * cents / 100, api_cents / 100
        wrong = {
            "gpus_only": hour * 24 / api,
            "one_hour": (hour + upkeep / 30) / api,
            "month_as_day": (hour * 24 + upkeep) / api,
        }
        if abs(wrong["gpus_only"] / wrong["one_hour"] - 1) > 0.05:
            break
    return Drawn(
        show={"gpus": gpus, "price": f"{cents / 100:.2f}", "upkeep": upkeep, "api": f"{api:.2f}"},
        answer=(hour * 24 + upkeep / 30) / api * 1e6,
        wrong={name: millions * 1e6 for name, millions in wrong.items()},
    )
