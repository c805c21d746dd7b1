"""Generators of questions/framework-choice/compilation.yaml."""

from __future__ import annotations

from math import ceil
from random import Random

from prep.model.question import Drawn


def compile_break_even(draw: Random) -> Drawn:
    """First number of steps at which compiling has paid off."""
    while True:
        seconds, eager = draw.randrange(20, 151, 5), draw.randint(60, 240)
        compiled = round(eager * draw.uniform(0.55, 0.92))
        exact = seconds * 1000 / (eager - compiled)
        if 0.05 < exact % 1 < 0.95:
            break
    return Drawn(
        show={"seconds": seconds, "eager": eager, "compiled": compiled},
        answer=ceil(exact),
        wrong={
            "by_eager_step": ceil(seconds * 1000 / eager),
            "by_compiled_step": ceil(seconds * 1000 / compiled),
            "rounded_down": int(exact),
        },
    )
