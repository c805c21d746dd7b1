"""Generators of questions/quantization/conversion.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def dense_after_convolution(draw: Random) -> Drawn:
    """Parameters of a dense layer behind a valid 3×3 convolution without pooling."""
    side = draw.choice([20, 24, 28, 32, 40, 48])
    filters = draw.choice([8, 16, 32, 64])
    units = draw.choice([32, 64, 128, 256])
    answer = (side - 2) ** 2 * filters * units + units
    return Drawn(
        show={"side": side, "filters": filters, "units": units},
        answer=answer,
        wrong={
            "same_padding": side**2 * filters * units + units,
            "no_filters": (side - 2) ** 2 * units + units,
            "kernel_only": 9 * filters + filters,
            "pooled": ((side - 2) // 2) ** 2 * filters * units + units,
        },
    )


def int8_code(draw: Random) -> Drawn:
    """Stored int8 value of a real input; about a third of them saturate."""
    while True:
        scale = draw.choice([0.02, 0.04, 0.05, 0.08, 0.1])
        zero = draw.choice([-60, -40, -20, -5, 10, 25, 50])
        real = draw.randint(-900, 900) / 100
        steps = real / scale
        plain = round(steps) + zero
        if abs(steps - round(steps)) > 0.3 or abs(steps) < 2:
            continue
        answer = min(127, max(-128, plain))
        wrapped = (plain + 128) % 256 - 128
        wrong = {"subtracted": min(127, max(-128, round(steps) - zero)), "no_zero": round(steps)}
        wrong["wrapped"] = wrapped if wrapped != answer else min(255, max(0, plain + 128))
        values = [answer, *wrong.values()]
        if len(set(values)) == len(values):
            break
    return Drawn(show={"scale": scale, "zero": zero, "real": real}, answer=answer, wrong=wrong)


def round_trip_error(draw: Random) -> Drawn:
    """Half a step of an 8-bit affine grid over a range."""
    low, high = -draw.randint(5, 60) / 10, draw.randint(5, 90) / 10
    span = high - low
    return Drawn(
        show={"low": low, "high": high},
        answer=span / 255 / 2,
        wrong={"whole_step": span / 255, "of_half": span / 127 / 2, "range": span / 2},
    )


def integer_multiplier(draw: Random) -> Drawn:
    """Right shift that brings a rescaling factor below 1 into [0.5, 1)."""
    shift = draw.randint(3, 11)
    factor = round(draw.randint(51, 99) / 100 * 2.0**-shift, 8)
    return Drawn(
        show={"factor": f"{factor:.8f}"},
        answer=shift,
        wrong={"one_less": shift - 1, "one_more": shift + 1, "with_scale": 31 + shift},
    )
