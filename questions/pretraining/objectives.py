"""Generators of questions/pretraining/objectives.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def mlm_visible_targets(draw: Random) -> Drawn:
    """Positions that BERT's rule selects for the loss but leaves as they are."""
    tokens = 2_000 * draw.randint(3, 60)
    return Drawn(
        show={"tokens": f"{tokens:,}"},
        answer=f"{tokens * 15 // 1000:,}",
        wrong={
            "selected": f"{tokens * 15 // 100:,}",
            "masked": f"{tokens * 12 // 100:,}",
            "ten_percent_of_all": f"{tokens // 10:,}",
            "random_included": f"{tokens * 3 // 100:,}",
        },
    )
