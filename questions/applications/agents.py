"""Generators of questions/applications/agents.yaml."""

from __future__ import annotations

import itertools
from math import comb
from random import Random

from prep.model.question import Drawn


def chain_success(draw: Random) -> Drawn:
    """Success of a chain of independent steps, in percent."""
    while True:
        steps = draw.randrange(8, 41, 2)
        step_rate = draw.choice(["95", "96", "97", "97.5", "98", "98.5", "99"])
        rate = float(step_rate)
        answer = 100 * (rate / 100) ** steps
        linear = 100 - steps * (100 - rate)
        values = sorted([answer, linear, 100 - answer, rate])
        if linear > 5 and all(b - a > 1.5 for a, b in itertools.pairwise(values)):
            return Drawn(
                show={"steps": steps, "step_rate": step_rate},
                answer=answer,
                wrong={"linear": linear, "one_step": rate, "failure": 100 - answer},
            )


def loop_input_tokens(draw: Random) -> Drawn:
    """Input tokens of an agent loop that resends its history."""
    base = draw.randrange(2000, 9000, 500)
    added = draw.randrange(400, 3000, 200)
    calls = draw.randint(8, 30)
    last = base + added * (calls - 1)
    return Drawn(
        show={"base": base, "added": added, "calls": calls},
        answer=calls * base + added * calls * (calls - 1) // 2,
        wrong={
            "last_call": last,
            "no_history": calls * base + added * (calls - 1),
            "all_longest": calls * last,
        },
    )


def majority_vote(draw: Random) -> Drawn:
    """Chance that the majority of independent samples is right, in percent."""
    while True:
        percent, samples = draw.randrange(55, 89), draw.choice([3, 5, 7])
        rate, least = percent / 100, samples // 2 + 1
        terms = [
            comb(samples, k) * rate**k * (1 - rate) ** (samples - k) for k in range(samples + 1)
        ]
        answer = 100 * sum(terms[least:])
        wrong = {
            "any_right": 100 * (1 - (1 - rate) ** samples),
            "all_right": 100 * rate**samples,
            "bare_majority": 100 * terms[least],
        }
        values = sorted([answer, *wrong.values()])
        if all(b - a > 0.02 * b for a, b in itertools.pairwise(values)):
            return Drawn(show={"rate": percent, "samples": samples}, answer=answer, wrong=wrong)
