"""Generators of questions/tuning/recipes.yaml."""

from __future__ import annotations

from math import exp, log
from random import Random

from prep.model.question import Drawn


def linear_layers_per_model(draw: Random) -> Drawn:
    """How many small linear layers have the parameters of a model of some billions."""
    wide, classes = draw.choice([256, 512, 784, 1024]), draw.choice([2, 5, 10, 20])
    size = draw.choice([3, 7, 8, 13, 70])
    small = wide * classes + classes
    return Drawn(
        show={"wide": wide, "classes": classes, "size": size},
        answer=size * 1e9 / small,
        wrong={
            "squares": size * 1e9 / (wide * wide),
            "added": size * 1e9 / (wide + classes),
            "millions": size * 1e6 / small,
        },
    )


def smoothed_loss(draw: Random) -> Drawn:
    """Cross-entropy with label smoothing for three classes."""
    while True:
        right = draw.randint(50, 90)
        second = draw.randint(2, (100 - right) - 2)
        shares = [right / 100, second / 100, (100 - right - second) / 100]
        smooth = draw.choice([0.1, 0.15, 0.2, 0.3])
        uniform = -sum(map(log, shares)) / 3
        answer = (1 - smooth) * -log(shares[0]) + smooth * uniform
        others = -(log(shares[1]) + log(shares[2])) / 2
        wrong = {
            "unsmoothed": -log(shares[0]),
            "others_only": (1 - smooth) * -log(shares[0]) + smooth * others,
            "scaled": (1 - smooth) * -log(shares[0]),
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    show = {"first": shares[0], "second": shares[1], "third": shares[2], "smooth": smooth}
    return Drawn(show=show, answer=answer, wrong=wrong)


def score_spread(draw: Random) -> Drawn:
    """Share of the larger of two attention weights without the scale 1/√d."""
    while True:
        size = draw.choice([16, 64, 100, 144, 256])
        gap = draw.randint(5, 20) / 10
        answer = 1 / (1 + exp(-gap))
        wrong = {
            "unscaled": 1 / (1 + exp(-gap * size**0.5)),
            "by_size": 1 / (1 + exp(-gap / size**0.5)),
            "linear": gap / (1 + gap),
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.011:
            break
    high = round(gap * size**0.5, 3)
    return Drawn(show={"size": size, "high": high}, answer=answer, wrong=wrong)
