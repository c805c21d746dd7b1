"""Generators of questions/pretraining/scale.yaml."""

from __future__ import annotations

from math import sqrt
from random import Random

from prep.model.question import Drawn


def training_days(draw: Random) -> Drawn:
    """Days of a dense pretraining run from 6 N D."""
    while True:
        size = draw.choice([3, 7, 8, 13, 30, 34, 70])
        tokens = draw.choice([1, 1.5, 2, 3, 4, 6])
        chips = draw.choice([256, 512, 1024, 2048, 4096])
        peak = draw.choice([312, 989])
        use = draw.choice([30, 35, 38, 40, 42, 45, 50])
        per_flop = size * 1e9 * tokens * 1e12 / (chips * peak * 1e12) / 86_400
        if 5 < 6 * per_flop / (use / 100) < 150:
            break

    def days(per_parameter: float, share: float) -> float:
        return per_parameter * per_flop / share

    return Drawn(
        show={"size": size, "tokens": f"{tokens:g}", "chips": chips, "peak": peak, "use": use},
        answer=days(6, use / 100),
        wrong={
            "forward_only": days(2, use / 100),
            "no_backward_of_inputs": days(4, use / 100),
            "peak_speed": days(6, 1),
        },
    )


def compute_optimal_parameters(draw: Random) -> Drawn:
    """Model size that spends a budget C = 6 N D with D = r N."""
    mantissa = draw.randint(10, 99) / 10
    exponent, digits = draw.choice([(21, "²¹"), (22, "²²"), (23, "²³"), (24, "²⁴")])
    budget = mantissa * 10.0**exponent
    size = round(sqrt(budget / 120))
    return Drawn(
        show={"budget": f"{mantissa:.1f} × 10{digits}", "value": f"{mantissa:.1f}e{exponent}"},
        answer=size,
        wrong={
            "tokens": 20 * size,
            "no_six": round(sqrt(budget / 20)),
            "no_ratio": round(sqrt(budget / 6)),
        },
    )


def break_even_tokens(draw: Random) -> Drawn:
    """Served tokens after which a small, longer-trained model is cheaper in all."""
    while True:
        small, large = draw.choice([(7, 13), (8, 14), (8, 32), (13, 30), (14, 32), (30, 70)])
        short = draw.choice([0.3, 0.5, 0.6, 1.0, 1.4])
        long = draw.choice([2, 3, 4, 6, 8, 10, 15])
        extra = small * long - large * short
        if extra <= 0.2 * small * long:
            continue
        values = {
            "answer": 3 * extra / (large - small),
            "same_cost": extra / (large - small),
            "training_only": 6 * extra / (large - small),
            "token_gap": long - short,
        }
        shown = {name: f"{value:.2g}" for name, value in values.items()}
        if len(set(shown.values())) == len(shown):
            return Drawn(
                show={"small": small, "large": large, "short": f"{short:g}", "long": f"{long:g}"},
                answer=round(1e12 * values.pop("answer")),
                wrong={name: round(1e12 * value) for name, value in values.items()},
            )


def vision_language_sequence(draw: Random) -> Drawn:
    """Shape of the embeddings that a LLaVA-style model feeds to its language model."""
    patch = draw.choice([14, 16, 28])
    side = draw.choice([224, 336, 448])
    width = draw.choice([2048, 4096, 5120])
    grid = side // patch
    text = draw.randint(20, 90)
    while grid + text == grid * grid or 1 + text == grid * grid:
        text = draw.randint(20, 90)
    return Drawn(
        show={"patch": patch, "side": side, "text": text, "width": width},
        answer=f"(1, {grid * grid + text}, {width})",
        wrong={
            "one_side": f"(1, {grid + text}, {width})",
            "no_text": f"(1, {grid * grid}, {width})",
            "one_token": f"(1, {1 + text}, {width})",
        },
    )
