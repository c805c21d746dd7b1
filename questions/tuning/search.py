"""Generators of questions/tuning/search.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def distinct_values(draw: Random) -> Drawn:
    """Distinct learning rates tried by random search with the budget of a grid."""
    values, knobs = draw.choice([(4, 3), (5, 3), (3, 4), (6, 3), (4, 4)])
    trials = values**knobs
    return Drawn(
        show={"values": values, "knobs": knobs, "trials": trials},
        answer=str(trials),
        wrong={
            "as_in_grid": str(values),
            "values_times_knobs": str(values * knobs),
            "runs_per_value": str(trials // values),
        },
    )


def halving_budget(draw: Random) -> Drawn:
    """Epochs spent by successive halving when survivors resume from their checkpoints."""
    eta = draw.choice([2, 3, 4])
    rounds = draw.choice([2, 3] if eta == 4 else [3, 4])
    first = draw.choice([1, 2, 3, 5])
    count = eta**rounds
    epochs = [first * eta**rung for rung in range(rounds + 1)]
    alive = [count // eta**rung for rung in range(rounds + 1)]
    answer = count * epochs[0] + sum(
        alive[rung] * (epochs[rung] - epochs[rung - 1]) for rung in range(1, rounds + 1)
    )
    return Drawn(
        show={"count": count, "eta": eta, "first": first, "last": epochs[-1]},
        answer=answer,
        wrong={
            "restarted": sum(a * e for a, e in zip(alive, epochs, strict=True)),
            "no_halving": count * epochs[-1],
            "first_rung_only": count * first,
        },
    )
