"""Generators of questions/deployment/batching.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def worst_wait(draw: Random) -> Drawn:
    """Longest time that a lone request spends in a batching server."""
    window, forward = draw.randint(2, 20), draw.randint(15, 90)
    other = draw.choice([one for one in range(15, 91) if one not in {forward, window}])
    return Drawn(
        show={"window": window, "forward": forward, "other": other},
        answer=window + forward,
        wrong={
            "no_window": forward,
            "window_twice": 2 * window + forward,
            "with_other": window + forward + other,
        },
    )
