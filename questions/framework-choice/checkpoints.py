"""Generators of questions/framework-choice/checkpoints.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def safetensors_parameters(draw: Random) -> Drawn:
    """Number of parameters from the size of a safetensors file."""
    dtype, width = draw.choice((("F32", 4), ("BF16", 2), ("F16", 2)))
    header, parameters = draw.randrange(400, 9000, 8), draw.randrange(40_000, 900_000, 4)
    data = parameters * width
    return Drawn(
        show={"size": data + header + 8, "header": header, "dtype": dtype},
        answer=parameters,
        wrong={
            "whole_file": (data + header + 8) / width,
            "header_kept": (data + header) / width,
            "other_width": data / (6 - width),
        },
    )
