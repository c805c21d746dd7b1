"""Generators of questions/pretraining/encoders.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def rare_class_weight(draw: Random) -> Drawn:
    """Weight n / (classes · count) of the rarest of three classes."""
    while True:
        counts = [draw.randint(3, 9) * 100, draw.randint(11, 19) * 20, draw.randint(4, 19) * 5]
        total = sum(counts)
        answer = total / (3 * counts[2])
        wrong = {
            "share": counts[2] / total,
            "no_classes": total / counts[2],
            "to_largest": counts[0] / counts[2],
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    return Drawn(
        show={"first": counts[0], "second": counts[1], "third": counts[2]},
        answer=answer,
        wrong=wrong,
    )


def weighted_batch_loss(draw: Random) -> Drawn:
    """Weighted mean of four example losses, two of them of a heavier class."""
    while True:
        losses = [draw.randint(10, 60) / 100 for _ in range(2)]
        losses += [draw.randint(70, 240) / 100 for _ in range(2)]
        weight = draw.choice([3, 4, 5, 6])
        weighted = losses[0] + losses[1] + weight * (losses[2] + losses[3])
        answer = weighted / (2 + 2 * weight)
        wrong = {"by_count": weighted / 4, "unweighted": sum(losses) / 4, "summed": weighted}
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    names = ("a", "b", "c", "d")
    show = dict(zip(names, losses, strict=True)) | {"weight": weight}
    return Drawn(show=show, answer=answer, wrong=wrong)
