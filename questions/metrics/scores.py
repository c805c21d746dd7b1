"""Generators of questions/metrics/scores.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def auc_with_ties(draw: Random) -> Drawn:
    """ROC AUC of a few scores among which positives and negatives tie."""
    while True:
        positive = sorted((draw.randint(3, 9) for _ in range(3)), reverse=True)
        negative = sorted((draw.randint(1, 8) for _ in range(4)), reverse=True)
        pairs = [(p, n) for p in positive for n in negative]
        above, ties = sum(p > n for p, n in pairs), sum(p == n for p, n in pairs)
        answer = (above + ties / 2) / 12
        wrong = {"ties_lost": above / 12, "ties_won": (above + ties) / 12, "reversed": 1 - answer}
        values = [answer, *wrong.values()]
        apart = all(abs(a - b) > 0.02 for a in values for b in values if a is not b)
        if 0 < ties < 5 and apart:
            break
    show = {
        "positive": ", ".join(f"0.{score}" for score in positive),
        "negative": ", ".join(f"0.{score}" for score in negative),
    }
    return Drawn(show=show, answer=answer, wrong=wrong)


def calibration_error(draw: Random) -> Drawn:
    """Expected calibration error of two bins of unequal size, in percentage points."""
    while True:
        low_n, high_n = draw.randint(2, 8) * 50, draw.randint(2, 8) * 50
        low, high = draw.randint(30, 60), draw.randint(75, 98)
        low_right, high_right = draw.randint(25, 65), draw.randint(55, 97)
        gaps = abs(low - low_right), abs(high - high_right)
        total = low_n + high_n
        answer = (low_n * gaps[0] + high_n * gaps[1]) / total
        signed = (low_n * (low - low_right) + high_n * (high - high_right)) / total
        wrong = {"plain_mean": sum(gaps) / 2, "worst_bin": max(gaps), "signed": abs(signed)}
        values = [answer, *wrong.values()]
        if (
            min(abs(a - b) for a in values for b in values if a is not b) > 0.3
            and min(values) > 0.5
        ):
            break
    return Drawn(
        show={
            "low_n": low_n,
            "high_n": high_n,
            "low": low,
            "high": high,
            "low_right": low_right,
            "high_right": high_right,
        },
        answer=answer,
        wrong=wrong,
    )


def cross_validation_bill(draw: Random) -> Drawn:
    """GPU-hours of k-fold cross-validation plus the final fit, cost linear in the data."""
    hours, folds = draw.randint(2, 40) * 1000, draw.choice([4, 5, 8, 10])
    return Drawn(
        show={"hours": hours, "folds": folds},
        answer=hours * folds,
        wrong={
            "folds_in_full": hours * (folds + 1),
            "no_final_fit": hours * (folds - 1),
            "one_run": hours,
        },
    )


def giant_batch(draw: Random) -> Drawn:
    """Float32 activations of one layer for a whole test set at once, in GiB."""
    images = draw.choice([10_000, 20_000, 40_000, 50_000])
    channels, side = draw.choice([32, 64, 128]), draw.choice([28, 32, 56, 64])
    values = images * channels * side * side
    return Drawn(
        show={"images": images, "channels": channels, "side": side},
        answer=values * 4 / 2**30,
        wrong={
            "one_byte": values / 2**30,
            "decimal": values * 4 / 1e9,
            "one_side": images * channels * side * 4 / 2**30,
        },
    )


def average_precision(draw: Random) -> Drawn:
    """Average precision of a ranking of eight items, three of them relevant."""
    while True:
        ranks = sorted(draw.sample(range(1, 9), 3))
        answer = sum((at + 1) / rank for at, rank in enumerate(ranks)) / 3
        wrong = {
            "over_all": sum((at + 1) / rank for at, rank in enumerate(ranks)) / 8,
            "reciprocal": 1 / ranks[0],
            "at_the_end": 3 / ranks[-1],
        }
        values = [answer, *wrong.values()]
        if min(abs(a / b - 1) for a in values for b in values if a is not b) > 0.02:
            break
    return Drawn(show={"ranks": ", ".join(map(str, ranks))}, answer=answer, wrong=wrong)
