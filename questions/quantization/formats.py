"""Generators of questions/quantization/formats.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def _distinct(values: list[float]) -> bool:
    """Whether any two values differ by more than two percent."""
    return all(
        abs(a - b) > 0.02 * max(abs(a), abs(b)) for i, a in enumerate(values) for b in values[:i]
    )


def uint8_zero_point(draw: Random) -> Drawn:
    """Zero point of a tensor with range [lo, hi] on the grid 0..255."""
    while True:
        lo, hi = -draw.randint(5, 60) / 10, draw.randint(10, 120) / 10
        exact = -lo * 255 / (hi - lo)
        zero_point = round(exact)
        wrong = {
            "signed_grid": zero_point - 128,
            "middle": 128,
            "sign": -zero_point,
        }
        clear = abs(exact - zero_point) < 0.4
        if clear and 5 < zero_point < 120 and len({zero_point, *wrong.values()}) == 4:
            return Drawn(show={"lo": lo, "hi": hi}, answer=zero_point, wrong=wrong)


def group_quantized_size(draw: Random) -> Drawn:
    """Gigabytes of 4-bit weights with one 16-bit scale and one 4-bit zero point per group."""
    while True:
        billions, group = draw.randint(3, 72), draw.choice([16, 32, 128])
        size = billions * (4 + (16 + 4) / group) / 8
        wrong = {
            "no_metadata": billions * 4 / 8,
            "one_scale_bit_per_weight": billions * (4 + 16 + 4) / 8,
            "binary_unit": size * 1e9 / 2**30,
        }
        if _distinct([size, *wrong.values()]):
            return Drawn(show={"n": billions, "group": group}, answer=size, wrong=wrong)


def int8_product(draw: Random) -> Drawn:
    """What an INT8 product prints beside the same product in INT32."""
    while True:
        a, b = draw.randint(20, 127), draw.randint(20, 127)
        product = a * b
        wrapped = (product + 128) % 256 - 128
        if wrapped not in (product, 127, -128, 0):
            return Drawn(
                show={"a": a, "b": b},
                answer=f"{wrapped} {product}",
                wrong={"no_overflow": f"{product} {product}", "saturates": f"127 {product}"},
            )


def double_quantization_saving(draw: Random) -> Drawn:
    """Gigabytes saved by storing FP32 block constants as 8-bit values with FP32 super-constants."""
    while True:
        billions = draw.choice([7, 8, 13, 14, 27, 32, 34, 65, 70, 72])
        block, outer = draw.choice([32, 64, 128]), draw.choice([64, 128, 256])
        before = 32 / block
        after = 8 / block + 32 / (block * outer)
        saved = billions * (before - after) / 8
        wrong = {
            "all_constants": billions * before / 8,
            "what_remains": billions * after / 8,
            "bits": billions * (before - after),
        }
        if _distinct([saved, *wrong.values()]):
            return Drawn(
                show={"n": billions, "block": block, "outer": outer}, answer=saved, wrong=wrong
            )
