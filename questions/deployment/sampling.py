"""Generators of questions/deployment/sampling.yaml."""

from __future__ import annotations

from math import exp
from random import Random

from prep.model.question import Drawn


def tempered_share(draw: Random) -> Drawn:
    """Probability of the likelier of two tokens at a temperature."""
    while True:
        gap = draw.randint(4, 20) / 10
        temperature = draw.choice([0.25, 0.4, 0.5, 0.7, 1.5, 2.0])
        answer = 1 / (1 + exp(-gap / temperature))
        plain = 1 / (1 + exp(-gap))
        wrong = {
            "no_temperature": plain,
            "multiplied": 1 / (1 + exp(-gap * temperature)),
            "probability_scaled": min(0.999, plain / temperature),
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.006:
            break
    show = {"high": 3.0, "low": round(3.0 - gap, 1), "temperature": temperature}
    return Drawn(show=show, answer=answer, wrong=wrong)


def nucleus_size(draw: Random) -> Drawn:
    """Number of tokens in the smallest set that reaches p (percentages are whole)."""
    while True:
        shares = sorted((draw.randint(2, 45) for _ in range(6)), reverse=True)
        if sum(shares) != 100 or len(set(shares)) < 6:
            continue
        sums = [sum(shares[: at + 1]) for at in range(6)]
        wanted = draw.choice([sums[1], sums[2], sums[1] + 1, sums[2] - 1, sums[2] + 1])
        answer = next(at + 1 for at in range(6) if sums[at] >= wanted)
        wrong = {
            "below_only": sum(total < wanted for total in sums),
            "by_share": sum(100 * share >= wanted * shares[0] for share in shares),
            "one_more": answer + 1,
        }
        values = [answer, *wrong.values()]
        if len(set(values)) == 4 and min(values) > 0:
            break
    shown = ", ".join(f"{share} %" for share in shares)
    return Drawn(show={"shares": shown, "wanted": wanted / 100}, answer=answer, wrong=wrong)
