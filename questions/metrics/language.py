"""Generators of questions/metrics/language.yaml."""

from __future__ import annotations

from math import exp, log
from random import Random

from prep.model.question import Drawn


def _distinct(answer: float, wrong: dict[str, float]) -> bool:
    """Whether all values stay apart when written with three significant digits."""
    return len({f"{value:.3g}" for value in (answer, *wrong.values())}) == 1 + len(wrong)


def bits_per_byte(draw: Random) -> Drawn:
    """Bits per byte from the loss per token and the sizes of the text."""
    while True:
        nll = draw.randint(170, 320) / 100
        tokens = draw.randrange(200_000, 900_000, 1_000)
        size = round(tokens * draw.uniform(3.2, 4.6), -3)
        size = int(size)
        answer = nll / log(2) * tokens / size
        wrong = {
            "nats_per_byte": nll * tokens / size,
            "bits_per_token": nll / log(2),
            "inverted": nll / log(2) * size / tokens,
            "token_perplexity": exp(nll),
        }
        if _distinct(answer, wrong):
            return Drawn(
                show={"nll": f"{nll:.2f}", "tokens": f"{tokens:,}", "size": f"{size:,}"},
                answer=answer,
                wrong=wrong,
            )


def bleu_of_a_prefix(draw: Random) -> Drawn:
    """BLEU of a too short but otherwise perfect translation: the brevity penalty alone."""
    while True:
        long = draw.randint(12, 40)
        short = draw.randint(max(4, long // 2), long - 3)
        answer = 100 * exp(1 - long / short)
        wrong = {
            "no_penalty": 100.0,
            "recall": 100 * short / long,
            "forgot_one": 100 * exp(-long / short),
        }
        if _distinct(answer, wrong):
            return Drawn(show={"short": short, "long": long}, answer=answer, wrong=wrong)


def judge_kappa(draw: Random) -> Drawn:
    """Cohen's kappa of a judge and a person over 200 answers."""
    while True:
        judge_only, person_only = draw.randint(8, 24), draw.randint(4, 18)
        both_bad = draw.randint(12, 40)
        both_good = 200 - judge_only - person_only - both_bad
        agreement = (both_good + both_bad) / 200
        judge, person = (both_good + judge_only) / 200, (both_good + person_only) / 200
        chance = judge * person + (1 - judge) * (1 - person)
        answer = (agreement - chance) / (1 - chance)
        wrong = {
            "raw_agreement": agreement,
            "half_chance": 2 * agreement - 1,
            "not_rescaled": agreement - chance,
        }
        if answer > 0.1 and _distinct(answer, wrong):
            show = {
                "both_good": both_good,
                "judge_only": judge_only,
                "person_only": person_only,
                "both_bad": both_bad,
            }
            return Drawn(show=show, answer=answer, wrong=wrong)
