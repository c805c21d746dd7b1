"""Generators of questions/foundations/recurrent.yaml."""

from __future__ import annotations

from math import log, log2
from random import Random

from prep.model.question import Drawn


def chance_loss(draw: Random) -> Drawn:
    """Lowest expected cross-entropy on labels that have nothing to do with the inputs."""
    while True:
        classes = draw.choice([3, 4, 5, 6, 7, 8, 12, 15, 20, 30])
        answer = log(classes)
        wrong = {"zero": 0.0, "bits": log2(classes), "share": 1 - 1 / classes}
        if abs(wrong["share"] / answer - 1) > 0.02:
            return Drawn(show={"classes": classes}, answer=answer, wrong=wrong)


def tanh_chain(draw: Random) -> Drawn:
    """Gradient through several steps of h = tanh(w·h), all at the same state."""
    while True:
        state = draw.choice([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
        weight = draw.choice([0.8, 0.9, 1.1, 1.2, 1.3, 1.5])
        steps = draw.randint(4, 10)
        answer = (weight * (1 - state**2)) ** steps
        wrong = {
            "linear": weight**steps,
            "not_squared": (weight * (1 - state)) ** steps,
            "one_step": weight * (1 - state**2),
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    return Drawn(
        show={"state": state, "weight": weight, "steps": steps}, answer=answer, wrong=wrong
    )
