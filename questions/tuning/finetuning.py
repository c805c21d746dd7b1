"""Generators of questions/tuning/finetuning.yaml."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log1p
from random import Random

from prep.model.question import Drawn


def lora_parameters(draw: Random) -> Drawn:
    """Trainable LoRA parameters on q_proj and v_proj of a GQA model."""
    width, kv_width, layers = draw.choice(
        [
            (4096, 1024, 32),
            (2048, 512, 16),
            (5120, 1024, 40),
            (8192, 1024, 80),
            (3072, 1024, 28),
            (3584, 512, 28),
        ]
    )
    rank = draw.choice([8, 16, 32, 64])
    return Drawn(
        show={"width": width, "kv": kv_width, "layers": layers, "rank": rank},
        answer=layers * rank * ((width + width) + (width + kv_width)),
        wrong={
            "v_taken_as_square": layers * rank * 4 * width,
            "only_a": layers * rank * 2 * width,
            "one_layer": rank * ((width + width) + (width + kv_width)),
            "full_matrices": layers * (width * width + width * kv_width),
        },
    )


def _loss(margin: float) -> float:
    return log1p(exp(-margin))


def dpo_loss(draw: Random) -> Drawn:
    """DPO loss of one pair from sequence log-probabilities."""
    while True:
        beta = draw.choice([0.1, 0.2, 0.5])
        ref_chosen, ref_rejected = -draw.randint(200, 600) / 10, -draw.randint(200, 600) / 10
        chosen = round(ref_chosen + draw.randint(-20, 60) / 10, 1)
        rejected = round(ref_rejected + draw.randint(-60, 20) / 10, 1)
        gap = (chosen - ref_chosen) - (rejected - ref_rejected)
        answer = _loss(beta * gap)
        wrong = {
            "no_reference": _loss(beta * (chosen - rejected)),
            "sign_turned": _loss(-beta * gap),
            "beta_forgotten": _loss(gap),
        }
        ordered = sorted([answer, *wrong.values()])
        if ordered[0] > 0.01 and all(high > 1.03 * low for low, high in pairwise(ordered)):
            show = {
                "beta": beta,
                "chosen": chosen,
                "rejected": rejected,
                "ref_chosen": ref_chosen,
                "ref_rejected": ref_rejected,
            }
            return Drawn(show=show, answer=answer, wrong=wrong)
