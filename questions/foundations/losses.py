"""Generators of questions/foundations/losses.yaml."""

from __future__ import annotations

from math import e, exp, log
from random import Random

from prep.model.question import Drawn


def double_softmax_floor(draw: Random) -> Drawn:
    """Lowest cross-entropy that a model with a superfluous softmax can reach."""
    classes = draw.choice([3, 4, 5, 6, 7, 8, 9, 10])
    return Drawn(
        show={"classes": classes},
        answer=log(1 + (classes - 1) / e),
        wrong={"zero": 0.0, "uniform_guess": log(classes), "worst_case": log(e + classes - 1)},
    )


def logit_gradient(draw: Random) -> Drawn:
    """Gradient of softmax cross-entropy with respect to the true class's logit."""
    while True:
        logits = [draw.randint(-15, 30) / 10 for _ in range(3)]
        p = exp(logits[0]) / sum(exp(logit) for logit in logits)
        if 0.05 < p < 0.93 and abs(p - 0.5) > 0.03:
            return Drawn(
                show={"first": logits[0], "second": logits[1], "third": logits[2]},
                answer=p - 1,
                wrong={"probability": p, "sign_turned": 1 - p, "by_probability": -1 / p},
            )
