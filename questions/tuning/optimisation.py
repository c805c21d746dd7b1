"""Generators of questions/tuning/optimisation.yaml."""

from __future__ import annotations

from itertools import pairwise
from math import cos, hypot, pi
from random import Random

from prep.model.question import Drawn


def _apart(values: list[float]) -> bool:
    """Tell whether all values differ by at least two percent."""
    ordered = sorted(values)
    return all(high > low * 1.02 for low, high in pairwise(ordered))


def cosine_warmup_lr(draw: Random) -> Drawn:
    """Learning rate of a warm-up and cosine schedule."""
    while True:
        peak = draw.choice([10, 20, 30, 50, 60, 100])
        total = draw.choice([2000, 4000, 5000, 8000, 10000, 20000])
        warm = total * draw.choice([3, 5, 10]) // 100
        step = warm + (total - warm) * draw.randint(15, 85) // 1000 * 10
        progress = (step - warm) / (total - warm)
        answer = peak * 1e-5 * 0.5 * (1 + cos(pi * progress))
        wrong = {
            "warmup_not_subtracted": peak * 1e-5 * 0.5 * (1 + cos(pi * step / total)),
            "linear_decay": peak * 1e-5 * (1 - progress),
            "quarter_wave": peak * 1e-5 * cos(pi * progress / 2),
        }
        if _apart([answer, *wrong.values()]):
            show = {"peak": peak, "total": total, "warm": warm, "step": step}
            return Drawn(show=show, answer=answer, wrong=wrong)


def clipped_tensor_norm(draw: Random) -> Drawn:
    """Norm of one tensor's gradient after clipping by the global norm."""
    while True:
        first, second, third = (draw.randint(12, 95) / 10 for _ in range(3))
        limit = draw.choice([0.5, 1.0])
        answer = first * limit / hypot(first, second, third)
        wrong = {
            "each_tensor_alone": limit,
            "norms_added": first * limit / (first + second + third),
            "largest_norm": first * limit / max(first, second, third),
        }
        if first < max(second, third) and _apart([answer, *wrong.values()]):
            show = {"first": first, "second": second, "third": third, "limit": limit}
            return Drawn(show=show, answer=answer, wrong=wrong)
