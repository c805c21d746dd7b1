"""Generators of questions/business/direction.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn

_APART = 0.04


def imperfect_pilot(draw: Random) -> Drawn:
    """How much a pilot that errs raises the expected profit, in dollars."""
    while True:
        build, pilot = draw.randrange(200, 800, 50), draw.randrange(10, 60, 5)
        chance, hit, false = (
            draw.choice([30, 40, 50, 60]),
            draw.choice([85, 90, 95]),
            draw.choice([10, 15, 20]),
        )
        gain = draw.randrange(2 * build, 5 * build, 100)
        p, h, f = chance / 100, hit / 100, false / 100
        right_away = p * gain - build
        answer = p * h * (gain - build) - (1 - p) * f * build - pilot - right_away
        wrong = {
            "perfect_pilot": (1 - p) * build - pilot,
            "free_pilot": answer + pilot,
            "no_good_lost": p * (gain - build) - (1 - p) * f * build - pilot - right_away,
        }
        values = [answer, *wrong.values()]
        gaps = [abs(a - b) for i, a in enumerate(values) for b in values[:i]]
        if right_away > 0 and answer > pilot and min(gaps) > max(1.0, _APART * max(values)):
            show: dict[str, str | int] = {
                "build": f"{build * 1000:,}",
                "pilot": f"{pilot * 1000:,}",
                "chance": chance,
                "hit": hit,
                "false": false,
                "gain": f"{gain * 1000:,}",
            }
            slips = {name: round(1000 * value) for name, value in wrong.items()}
            return Drawn(show=show, answer=round(1000 * answer), wrong=slips)
