"""Generators of questions/business/economics.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn
from prep.model.text import Text


def _distinct(answer: float, wrong: dict[str, float]) -> bool:
    """Whether all values stay apart when written with three significant digits."""
    return len({f"{value:.3g}" for value in (answer, *wrong.values())}) == 1 + len(wrong)


def seat_gross_margin(draw: Random) -> Drawn:
    """Gross margin of a seat whose only cost is tokens."""
    while True:
        price = draw.choice([20, 25, 30, 40, 50])
        requests = draw.randrange(200, 1200, 50)
        tokens_in, tokens_out = draw.randrange(1500, 6500, 500), draw.randrange(200, 1000, 100)
        price_in = draw.choice([1, 2, 3])
        price_out = price_in * draw.choice([4, 5])
        cost = requests * (tokens_in * price_in + tokens_out * price_out) / 1e6
        answer = 100 * (price - cost) / price
        if not 20 < answer < 85:
            continue
        cheap = requests * (tokens_in + tokens_out) * price_in / 1e6
        wrong = {
            "markup": 100 * (price - cost) / cost,
            "input_price_only": 100 * (price - cheap) / price,
            "cost_share": 100 * cost / price,
        }
        if _distinct(answer, wrong):
            show = {
                "price": price,
                "requests": requests,
                "tokens_in": tokens_in,
                "tokens_out": tokens_out,
                "price_in": price_in,
                "price_out": price_out,
            }
            return Drawn(show=show, answer=answer, wrong=wrong)


def self_hosted_cost(draw: Random) -> Drawn:
    """Dollars per million output tokens of a replica that is always on."""
    while True:
        gpus = draw.choice([2, 4, 8])
        rate = f"{draw.choice([2.0, 2.2, 2.5, 2.8, 3.0, 3.5]):.2f}"
        speed = draw.randrange(500, 900, 50) * gpus
        load = draw.choice([15, 20, 25, 30, 40, 60])
        full = gpus * float(rate) / (speed * 3600) * 1e6
        answer = full / (load / 100)
        wrong = {
            "full_load": full,
            "one_gpu": answer / gpus,
            "multiplied": full * load / 100,
        }
        if _distinct(answer, wrong):
            show: dict[str, str | int] = {
                "gpus": gpus,
                "rate": rate,
                "speed": f"{speed:,}",
                "load": load,
            }
            return Drawn(show=show, answer=answer, wrong=wrong)


def break_even_volume(draw: Random) -> Drawn:
    """Million tokens a month from which an own cluster is cheaper than an API."""
    while True:
        api, own = draw.choice([2.0, 2.5, 3.0, 4.0, 5.0]), draw.choice([0.4, 0.5, 0.6, 0.8, 1.0])
        fixed = draw.randrange(6_000, 40_000, 500)
        volume = fixed / (api - own)
        if abs(volume - round(volume)) > 1e-9:
            continue
        wrong = {
            "ignores_variable": fixed / api,
            "adds_variable": fixed / (api + own),
            "half_way": fixed / ((api + own) / 2),
        }
        shown = {name: f"{value:,.0f}" for name, value in wrong.items()}
        answer = f"{volume:,.0f}"
        values = [volume, *wrong.values()]
        gaps = [abs(a - b) / a for i, a in enumerate(values) for b in values[:i]]
        if min(gaps) > 0.03:
            show = {"api": f"{api:.2f}", "own": f"{own:.2f}", "fixed": f"{fixed:,}"}
            return Drawn(show=show, answer=answer, wrong=shown)


def cascade_cost(draw: Random) -> Drawn:
    """Average dollars of 1,000 requests in a cascade of two models."""
    while True:
        small, large = draw.choice([0.4, 0.5, 0.8, 1.0, 1.2]), draw.choice([8, 10, 12, 15, 20])
        share = draw.choice([10, 15, 20, 25, 30, 35, 40])
        part = share / 100
        answer = small + part * large
        wrong = {
            "router": (1 - part) * small + part * large,
            "swapped_share": small + (1 - part) * large,
            "large_for_all": small + large,
        }
        if _distinct(answer, wrong):
            show: dict[str, str | int] = {
                "small": f"{small:.2f}",
                "large": f"{large:.2f}",
                "share": share,
            }
            return Drawn(show=show, answer=answer, wrong=wrong)


def bottom_up_revenue(draw: Random) -> Drawn:
    """Yearly revenue in dollars, counted from customers."""
    while True:
        accounts = draw.randrange(2_000, 12_000, 200)
        reach, win = draw.choice([10, 15, 20, 25, 30]), draw.choice([4, 5, 6, 8, 10, 12])
        acv, tam = draw.choice([12, 15, 18, 24, 30, 36]), draw.choice([5, 8, 12, 20])
        answer = accounts * reach * win * acv / 10
        wrong = {
            "one_percent": tam * 1e7,
            "everyone_reached": accounts * win * acv * 10.0,
            "everyone_buys": accounts * reach * acv * 10.0,
        }
        if _distinct(answer, wrong):
            return Drawn(
                show={
                    "tam": Text(en=f"${tam} billion", zh=f"{tam * 10} 亿美元"),
                    "accounts": f"{accounts:,}",
                    "reach": reach,
                    "win": win,
                    "acv": f"{acv * 1000:,}",
                },
                answer=answer,
                wrong=wrong,
            )
