"""Generators of questions/tuning/rewards.yaml."""

from __future__ import annotations

from math import sqrt
from random import Random

from prep.model.question import Drawn


def right_answer_advantage(draw: Random) -> Drawn:
    """Advantage of a right answer in a group with 0/1 rewards."""
    while True:
        group = draw.choice([6, 8, 10, 12, 16])
        right = draw.randint(1, group - 1)
        share = right / group
        answer = sqrt((1 - share) / share)
        wrong = {
            "not_scaled": 1 - share,
            "sample_std": (1 - share) / sqrt(share * (1 - share) * group / (group - 1)),
            "of_wrong": -sqrt(share / (1 - share)),
            "variance": 1 / share,
        }
        values = [answer, *wrong.values()]
        if min(abs(a - b) / abs(b) for a in values for b in values if a is not b) > 0.011:
            break
    return Drawn(show={"group": group, "right": right}, answer=answer, wrong=wrong)


def clipped_term(draw: Random) -> Drawn:
    """Value of min(r·A, clip(r)·A) for one token."""
    epsilon = 0.2
    while True:
        ratio = draw.choice([0.5, 0.6, 0.7, 1.3, 1.4, 1.5, 1.7])
        advantage = draw.choice([-2.0, -1.5, -0.5, 0.5, 1.5, 2.0])
        clipped = min(1 + epsilon, max(1 - epsilon, ratio))
        answer = min(ratio * advantage, clipped * advantage)
        wrong = {
            "maximum": max(ratio * advantage, clipped * advantage),
            "advantage_only": advantage,
            "clipped_to_one": (ratio - 1) * advantage,
        }
        values = [answer, *wrong.values()]
        if len({round(value, 4) for value in values}) == len(values):
            break
    return Drawn(
        show={"ratio": ratio, "advantage": advantage}, answer=round(answer, 6), wrong=wrong
    )
