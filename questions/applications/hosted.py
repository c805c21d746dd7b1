"""Generators of questions/applications/hosted.yaml."""

from __future__ import annotations

from math import log
from random import Random

from prep.model.question import Drawn


def capped_waits(draw: Random) -> Drawn:
    """Sum of waits that double up to a bound, before each retry."""
    while True:
        first, cap = draw.choice([0.25, 0.5, 1, 2]), draw.choice([4, 5, 6, 8, 10, 12])
        retries = draw.randint(4, 8)
        waits = [min(cap, first * 2**at) for at in range(retries)]
        if waits[-1] < cap or waits[1] >= cap:
            continue
        answer = sum(waits)
        wrong = {
            "uncapped": sum(first * 2**at for at in range(retries)),
            "one_more": answer + cap,
            "linear": sum(min(cap, first * (at + 1)) for at in range(retries)),
        }
        values = [answer, *wrong.values()]
        if len(set(values)) == len(values):
            break
    return Drawn(show={"first": first, "cap": cap, "retries": retries}, answer=answer, wrong=wrong)


def rare_word_weight(draw: Random) -> Drawn:
    """BM25's inverse document frequency of a word."""
    while True:
        passages, hits = draw.choice([200, 361, 500, 1000, 5000]), draw.randint(1, 40)
        answer = log(1 + (passages - hits + 0.5) / (hits + 0.5))
        wrong = {
            "share": hits / passages,
            "ratio": passages / hits,
            "base_two": answer / log(2),
            "common": log(1 + (hits + 0.5) / (passages - hits + 0.5)),
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    return Drawn(show={"passages": passages, "hits": hits}, answer=answer, wrong=wrong)
