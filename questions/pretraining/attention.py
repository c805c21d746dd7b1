"""Generators of questions/pretraining/attention.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def gqa_projection_weights(draw: Random) -> Drawn:
    """Weights of the four attention projections with fewer key/value heads than query heads."""
    head = 128
    heads = draw.choice([24, 32, 40, 48, 64, 96])
    groups = draw.choice([count for count in (4, 8) if heads % count == 0])
    width = heads * head

    def weights(*widths: int) -> int:
        return width * sum(widths)

    return Drawn(
        show={"width": f"{width:,}", "heads": heads, "groups": groups},
        answer=weights(width, width, groups * head, groups * head),
        wrong={
            "full_heads": weights(width, width, width, width),
            "one_head": weights(width, width, head, head),
            "no_output": weights(width, groups * head, groups * head),
        },
    )


def moe_active_parameters(draw: Random) -> Drawn:
    """Parameters that one token uses in a mixture of experts."""
    while True:
        experts, active = draw.choice([(8, 2), (16, 2), (64, 6), (64, 8), (128, 8)])
        shared = draw.randint(12, 80) / 10
        expert = draw.randint(3, 60) / 10
        total = shared + experts * expert
        values = {
            "answer": shared + active * expert,
            "all_experts": total,
            "experts_only": active * expert,
            "proportional": total * active / experts,
        }
        texts = {name: f"{value:.1f}" for name, value in values.items()}
        if len(set(texts.values())) == len(texts):
            answer = texts.pop("answer")
            show: dict[str, str | int] = {
                "experts": experts,
                "active": active,
                "shared": f"{shared:.1f}",
                "expert": f"{expert:.1f}",
            }
            return Drawn(show={**show}, answer=answer, wrong={**texts})
