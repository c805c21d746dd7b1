"""Generators of questions/metrics/classification.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def _distinct(answer: float, wrong: dict[str, float]) -> bool:
    """Whether all values stay apart when written with three significant digits."""
    return len({f"{value:.3g}" for value in (answer, *wrong.values())}) == 1 + len(wrong)


def f1_real_definition(draw: Random) -> Drawn:
    """F1 from the four counts, against the mix-up of precision and accuracy."""
    while True:
        tp, fp, fn = draw.randint(20, 90), draw.randint(8, 60), draw.randint(8, 60)
        tn = draw.randint(300, 900)
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        accuracy = (tp + tn) / (tp + fp + fn + tn)
        answer = 2 * tp / (2 * tp + fp + fn)
        wrong = {
            "accuracy_and_recall": 2 * accuracy * recall / (accuracy + recall),
            "arithmetic_mean": (precision + recall) / 2,
            "jaccard": tp / (tp + fp + fn),
        }
        if abs(precision - recall) > 0.15 and _distinct(answer, wrong):
            return Drawn(show={"tp": tp, "fp": fp, "fn": fn, "tn": tn}, answer=answer, wrong=wrong)


def precision_at_prevalence(draw: Random) -> Drawn:
    """Precision in percent from recall, false positive rate and prevalence."""
    while True:
        recall = draw.randint(70, 95)
        fpr = draw.choice(["0.5", "1", "2", "3"])
        prevalence = draw.choice(["0.1", "0.2", "0.4", "0.5", "0.8"])
        share, rate = float(prevalence) / 100, float(fpr)
        answer = 100 * share * recall / (share * recall + (1 - share) * rate)
        wrong = {
            "balanced_classes": 100 * recall / (recall + rate),
            "recall": float(recall),
            "false_alarms": 100 - answer,
        }
        if _distinct(answer, wrong):
            return Drawn(
                show={"recall": recall, "fpr": fpr, "prevalence": prevalence},
                answer=answer,
                wrong=wrong,
            )


def threshold_from_costs(draw: Random) -> Drawn:
    """The probability from which a review is cheaper than a miss."""
    while True:
        fp, fn = draw.randrange(20, 90, 5), draw.randrange(100, 500, 20)
        answer = f"{fp / (fp + fn):.3f}"
        wrong = {"half": "0.500", "swapped": f"{fn / (fp + fn):.3f}", "ratio": f"{fp / fn:.3f}"}
        values = [float(value) for value in (answer, *wrong.values())]
        gaps = [abs(a - b) for i, a in enumerate(values) for b in values[:i]]
        if min(gaps) > 0.005:
            return Drawn(show={"fp": fp, "fn": fn}, answer=answer, wrong=wrong)
