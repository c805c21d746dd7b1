"""Generators of questions/preprocessing/splits.yaml."""

from __future__ import annotations

import itertools
from random import Random
from statistics import mean, pstdev, stdev

from prep.model.question import Drawn


def standardised_test_value(draw: Random) -> Drawn:
    """A test value in units of the training deviation."""
    while True:
        train = [draw.randint(10, 95) for _ in range(5)]
        value = draw.randint(5, 140)
        if len(set(train)) < 5 or pstdev(train) < 8:
            continue
        everything = [*train, value]
        answer = (value - mean(train)) / pstdev(train)
        wrong = {
            "all_rows": (value - mean(everything)) / pstdev(everything),
            "sample_deviation": (value - mean(train)) / stdev(train),
        }
        gap = abs(wrong["all_rows"] - wrong["sample_deviation"])
        if 0.4 < abs(answer) < 4 and gap > 0.02 * abs(answer):
            return Drawn(
                show={"train": ", ".join(map(str, train)), "value": value},
                answer=answer,
                wrong=wrong,
            )


def out_of_fold_encoding(draw: Random) -> Drawn:
    """The mean target of a category outside the row's own fold."""
    while True:
        own_n, rest_n = draw.randint(4, 20), draw.randint(20, 80)
        own_pos, rest_pos = draw.randint(1, own_n - 1), draw.randint(3, rest_n - 3)
        answer = rest_pos / rest_n
        wrong = {
            "all_rows": (own_pos + rest_pos) / (own_n + rest_n),
            "own_fold": own_pos / own_n,
            "mixed_denominator": rest_pos / (own_n + rest_n),
        }
        values = sorted([answer, *wrong.values()])
        if all(b - a > 0.02 * b for a, b in itertools.pairwise(values)):
            return Drawn(
                show={
                    "own_n": own_n,
                    "own_pos": own_pos,
                    "rest_n": rest_n,
                    "rest_pos": rest_pos,
                },
                answer=answer,
                wrong=wrong,
            )
