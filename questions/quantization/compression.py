"""Generators of questions/quantization/compression.yaml."""

from __future__ import annotations

import heapq
from math import ceil, log2
from random import Random

from prep.model.question import Drawn


def _distinct(values: list[float]) -> bool:
    """Whether any two values differ by more than two percent."""
    return all(
        abs(a - b) > 0.02 * max(abs(a), abs(b)) for i, a in enumerate(values) for b in values[:i]
    )


def bits_per_parameter(draw: Random) -> Drawn:
    """Average bits per parameter of a model file."""
    while True:
        millions = draw.randint(12, 480) / 4
        bits = draw.choice([4.25, 4.5, 8.1, 16.02, 32.01])
        megabytes = round(millions * bits / 8, 1)
        average = megabytes * 8 / millions
        wrong = {
            "bytes": megabytes / millions,
            "inverted": millions * 8 / megabytes,
            "binary_unit": megabytes * 2**20 * 8 / (millions * 1e6),
        }
        if _distinct([average, *wrong.values()]):
            return Drawn(show={"n": millions, "size": megabytes}, answer=average, wrong=wrong)


def _huffman_bits(counts: list[int]) -> int:
    """Total bits of a Huffman code for these counts: the sum of all merged counts."""
    heap, total = list(counts), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        total += merged
        heapq.heappush(heap, merged)
    return total


def huffman_mean_bits(draw: Random) -> Drawn:
    """Mean code length of a Huffman code over five centroid indices."""
    while True:
        counts = sorted((draw.randint(3, 55) for _ in range(4)), reverse=True)
        counts.append(100 - sum(counts))
        if counts[-1] <= 0 or len(set(counts)) < 4:
            continue
        mean = _huffman_bits(counts) / 100
        entropy = -sum(c / 100 * log2(c / 100) for c in counts)
        wrong = {
            "fixed_length": 3.0,
            "entropy": entropy,
            "unweighted": sum(ceil(-log2(c / 100)) for c in counts) / 5,
        }
        if _distinct([mean, *wrong.values()]):
            names = ("a", "b", "c", "d", "e")
            return Drawn(show=dict(zip(names, counts, strict=True)), answer=mean, wrong=wrong)


def low_rank_break_even(draw: Random) -> Drawn:
    """Largest rank at which two factors have fewer parameters than the matrix."""
    while True:
        rows = draw.choice([1024, 1536, 2048, 2560, 3072, 4096, 5120])
        columns = draw.choice([2816, 3584, 5504, 6144, 8192, 11008, 13824])
        rank = ceil(rows * columns / (rows + columns)) - 1
        wrong = {
            "half_of_smaller_side": min(rows, columns) // 2,
            "one_factor": columns - 1,
        }
        if rows != columns and len({rank, *wrong.values()}) == 3:
            return Drawn(show={"rows": rows, "columns": columns}, answer=rank, wrong=wrong)
