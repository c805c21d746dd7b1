"""Generators of questions/deployment/capacity.yaml."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from random import Random

from prep.model.question import Drawn

# Bandwidth in TB/s, dense BF16 peak in TFLOP/s, memory in GB: sizes of real accelerators.
ACCELERATORS = ((2.0, 312, 80), (3.35, 989, 80), (4.8, 989, 141), (8.0, 2250, 180))


def three_digits(value: float) -> str:
    """`value` with three significant digits and no exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def kv_cache_gib(draw: Random) -> Drawn:
    """Memory of the KV cache of a batch, with grouped-query attention."""
    layers = draw.choice((28, 32, 36, 40, 48, 64, 80))
    kv_heads, group = draw.choice((4, 8)), draw.choice((4, 5, 7, 8))
    batch, length = draw.choice((8, 10, 12, 16, 24)), draw.choice((4096, 8192, 16384))
    gib = 2 * layers * kv_heads * 128 * length * batch * 2 / 2**30
    return Drawn(
        show={
            "layers": layers,
            "query_heads": kv_heads * group,
            "kv_heads": kv_heads,
            "batch": batch,
            "length": length,
        },
        answer=gib,
        wrong={
            "query_heads_cached": gib * group,
            "one_tensor": gib / 2,
            "one_sequence": gib / batch,
            "one_layer": gib / layers,
        },
    )


def decode_ceiling(draw: Random) -> Drawn:
    """Upper bound of one stream's decode speed from the memory bandwidth."""
    while True:
        bandwidth, peak, memory = draw.choice(ACCELERATORS)
        billions, bits = draw.choice((7, 8, 14, 24, 32, 70)), draw.choice((16, 4))
        if billions * bits / 8 < 0.85 * memory:
            break
    rate = bandwidth * 1000 / (billions * bits / 8)
    return Drawn(
        show={"bandwidth": bandwidth, "peak": peak, "billions": billions, "bits": bits},
        answer=three_digits(rate),
        wrong={
            "one_byte": three_digits(bandwidth * 1000 / billions),
            "bits_as_bytes": three_digits(rate / 8),
            "from_peak": three_digits(peak * 1000 / (2 * billions)),
        },
    )


def critical_batch(draw: Random) -> Drawn:
    """Batch size from which the linear layers of a decode step are bound by compute."""
    bandwidth, peak = draw.choice(
        (
            (0.86, 181),
            (1.2, 400),
            (1.6, 312),
            (2.0, 312),
            (2.4, 620),
            (3.35, 989),
            (4.8, 989),
            (5.3, 1300),
            (8.0, 2250),
        )
    )
    bits = draw.choice((8, 4))
    batch = peak * (bits / 8) / (2 * bandwidth)
    return Drawn(
        show={"bandwidth": bandwidth, "peak": peak, "bits": bits},
        answer=f"{batch:.0f}",
        wrong={
            "one_flop": f"{batch * 2:.0f}",
            "training_flops": f"{batch / 3:.0f}",
            "bits_as_bytes": f"{batch * 8:.0f}",
        },
    )


def replicas_for_load(draw: Random) -> Drawn:
    """Replicas for an arrival rate, by Little's law, with headroom."""
    while True:
        rate, seconds = draw.randint(12, 60), draw.randint(6, 25)
        slots, percent = draw.choice((16, 24, 32, 48)), draw.choice((60, 70, 75, 80))
        exact = rate * seconds / (slots * percent / 100)
        answer, tight = ceil(exact), ceil(rate * seconds / slots)
        rate_only = ceil(rate / (slots * percent / 100))
        down = int(exact)
        if 0.1 < exact - down < 0.9 and len({answer, tight, rate_only, down}) == 4:
            break
    return Drawn(
        show={"rate": rate, "seconds": seconds, "slots": slots, "percent": percent},
        answer=answer,
        wrong={"no_headroom": tight, "no_residence_time": rate_only, "rounded_down": down},
    )


def prefill_left(draw: Random) -> Drawn:
    """Share of the prefill that remains with prefix caching."""
    while True:
        system, own = draw.randrange(1200, 8001, 200), draw.randrange(150, 2001, 50)
        percent = draw.choice((70, 75, 80, 85, 90, 95))
        answer = 100 * (own + system * (100 - percent) / 100) / (system + own)
        wrong = {
            "no_misses": 100 * own / (system + own),
            "whole_prompt_cached": 100 - percent,
            "saved_share": 100 - answer,
        }
        values = sorted([answer, *wrong.values()])
        if all(high / low > 1.03 for low, high in pairwise(values)):
            break
    return Drawn(
        show={"system": system, "own": own, "percent": percent}, answer=answer, wrong=wrong
    )


def streamed_answer_ms(draw: Random) -> Drawn:
    """Time until the last token of a streamed answer."""
    first, each, tokens = (
        draw.randrange(180, 901, 10),
        draw.randint(12, 45),
        draw.randrange(120, 601, 20),
    )
    total = first + (tokens - 1) * each
    return Drawn(
        show={"first": first, "each": each, "tokens": tokens},
        answer=total,
        wrong={
            "first_token_twice": total + each,
            "no_first_token": total - first,
            "all_as_decode": tokens * each,
        },
    )


def speculative_tokens(draw: Random) -> Drawn:
    """Expected tokens per target pass of speculative decoding."""
    alpha, drafted = draw.choice((0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)), draw.randint(3, 8)
    answer = (1 - alpha ** (drafted + 1)) / (1 - alpha)
    return Drawn(
        show={"alpha": alpha, "drafted": drafted},
        answer=answer,
        wrong={
            "accepted_only": answer - 1,
            "never_stops": 1 + alpha * drafted,
            "share_of_draft": alpha * drafted,
        },
    )


def slow_request_percent(draw: Random) -> Drawn:
    """Share of requests that wait for at least one slow call."""
    percent = draw.choice((1, 2, 5))
    calls = draw.randint(10, {1: 45, 2: 25, 5: 12}[percent])
    none = (1 - percent / 100) ** calls
    return Drawn(
        show={"calls": calls, "percent": percent, "fast": 100 - percent},
        answer=100 * (1 - none),
        wrong={"unchanged": percent, "added_up": percent * calls, "none_slow": 100 * none},
    )
