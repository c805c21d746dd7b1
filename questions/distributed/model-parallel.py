"""Generators of questions/distributed/model-parallel.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def pipeline_idle_share(draw: Random) -> Drawn:
    """Share of a step in which a pipeline stage is idle (GPipe or 1F1B without interleaving)."""
    while True:
        stages = draw.choice([4, 6, 8, 12, 16])
        batches = draw.choice([8, 12, 16, 24, 32, 48, 64])
        values = {
            "answer": (stages - 1) / (batches + stages - 1),
            "relative_to_work": (stages - 1) / batches,
            "all_stages": stages / (batches + stages),
            "no_micro_batches": (stages - 1) / stages,
        }
        texts = {name: f"{100 * value:.1f}" for name, value in values.items()}
        if len(set(texts.values())) == len(texts):
            return Drawn(
                show={"stages": stages, "batches": batches},
                answer=texts.pop("answer"),
                wrong={**texts},
            )
