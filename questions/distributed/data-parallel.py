"""Generators of questions/distributed/data-parallel.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def state_memory_per_gpu(draw: Random) -> Drawn:
    """Weights, gradients and Adam states per GPU under one of the ZeRO stages."""
    size = draw.choice([7, 8, 13, 14, 30, 32, 70])
    gpus = draw.choice([8, 16, 32, 64])
    per_parameter = {
        "replicated": 16.0,
        "stage_1": 4 + 12 / gpus,
        "stage_2": 2 + 14 / gpus,
        "stage_3": 16 / gpus,
    }
    texts = {name: f"{size * value:.1f}" for name, value in per_parameter.items()}
    stage = draw.choice([1, 2, 3])
    other, another = (number for number in (1, 2, 3) if number != stage)
    return Drawn(
        show={"size": size, "gpus": gpus, "stage": stage, "other": other, "another": another},
        answer=texts[f"stage_{stage}"],
        wrong={
            "replicated": texts["replicated"],
            "other_stage": texts[f"stage_{other}"],
            "another_stage": texts[f"stage_{another}"],
        },
    )


def sequences_per_update(draw: Random) -> Drawn:
    """Global batch of a job with data, tensor and pipeline parallelism."""
    tensor, pipeline = draw.choice([2, 4, 8]), draw.choice([2, 4, 8])
    replicas = draw.choice([2, 4, 8, 16])
    micro, steps = draw.choice([1, 2, 4]), draw.choice([8, 12, 16, 32])
    gpus = tensor * pipeline * replicas
    return Drawn(
        show={"gpus": gpus, "tensor": tensor, "pipeline": pipeline, "micro": micro, "steps": steps},
        answer=float(micro * steps * replicas),
        wrong={
            "every_gpu": float(micro * steps * gpus),
            "pipeline_ignored": float(micro * steps * replicas * pipeline),
            "one_micro_batch": float(micro * replicas),
        },
    )


def ring_traffic(draw: Random) -> Drawn:
    """Bytes that each GPU sends in a ring all-reduce of BF16 gradients."""
    size = draw.choice([1.5, 3, 7, 8, 13, 14])
    gpus = draw.choice([4, 8, 16, 32])
    data = 2 * size
    return Drawn(
        show={"size": f"{size:g}", "gpus": gpus},
        answer=2 * (gpus - 1) / gpus * data,
        wrong={
            "one_phase": (gpus - 1) / gpus * data,
            "gather_all": (gpus - 1) * data,
            "once": data,
        },
    )
