"""Generators of questions/privacy/differential.yaml."""

from __future__ import annotations

from math import exp
from random import Random

from prep.model.question import Drawn


def _distinct(values: list[float]) -> bool:
    """Whether any two values differ by more than two percent."""
    return all(
        abs(a - b) > 0.02 * max(abs(a), abs(b)) for i, a in enumerate(values) for b in values[:i]
    )


def laplace_scale_of_mean(draw: Random) -> Drawn:
    """Scale of the Laplace noise for the mean of clipped values."""
    while True:
        people = draw.randint(4, 80) * 50
        bound = draw.choice([200, 500, 1000, 5000, 20000])
        epsilon = draw.choice([0.2, 0.4, 0.5, 0.8, 1.5, 2.0])
        scale = bound / (people * epsilon)
        wrong = {
            "sensitivity_of_sum": bound / epsilon,
            "epsilon_upside_down": bound * epsilon / people,
            "counting_query": 1 / epsilon,
        }
        if _distinct([scale, *wrong.values()]):
            return Drawn(
                show={"n": people, "bound": bound, "eps": epsilon}, answer=scale, wrong=wrong
            )


def noise_std_per_coordinate(draw: Random) -> Drawn:
    """Standard deviation of the noise in one coordinate of the averaged gradient."""
    while True:
        clip = draw.choice([0.1, 0.2, 0.4, 0.5, 0.8, 1.5, 2.0])
        sigma = draw.randint(5, 24) / 10
        batch = draw.choice([64, 128, 256, 512, 1024, 2048])
        std = sigma * clip / batch
        wrong = {
            "not_divided": sigma * clip,
            "square_root": sigma * clip / batch**0.5,
            "no_clip": sigma / batch,
        }
        if _distinct([std, *wrong.values()]):
            return Drawn(
                show={"clip": clip, "sigma": sigma, "batch": batch}, answer=std, wrong=wrong
            )


def randomized_response_share(draw: Random) -> Drawn:
    """True share of yes, estimated from randomized responses."""
    while True:
        truth = draw.choice([70, 75, 80, 85, 90])
        observed = draw.randint(100 - truth + 3, truth - 5)
        p, y = truth / 100, observed / 100
        share = 100 * (y - (1 - p)) / (2 * p - 1)
        wrong = {
            "observed": float(observed),
            "flips_subtracted": 100 * (y - (1 - p)),
            "divided_by_truth": 100 * y / p,
        }
        if 2 < share < 95 and _distinct([share, *wrong.values()]):
            return Drawn(show={"p": truth, "yes": observed}, answer=share, wrong=wrong)


def true_positive_bound(draw: Random) -> Drawn:
    """Largest true positive rate of membership inference under (ε, δ)-DP, in percent."""
    while True:
        epsilon = draw.choice([0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0, 2.5])
        false_positive = draw.choice([0.1, 0.2, 0.25, 0.4, 0.5, 1.0, 1.5, 2.0])
        bound = 100 * (exp(epsilon) * false_positive / 100 + 1e-5)
        wrong = {
            "linear": 100 * (epsilon * false_positive / 100 + 1e-5),
            "one_plus_epsilon": 100 * ((1 + epsilon) * false_positive / 100 + 1e-5),
            "other_direction": 100 * (1 - exp(-epsilon) * (1 - false_positive / 100 - 1e-5)),
        }
        if _distinct([bound, *wrong.values()]):
            return Drawn(show={"eps": epsilon, "fpr": false_positive}, answer=bound, wrong=wrong)
