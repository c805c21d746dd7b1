"""Generators of questions/preprocessing/text.yaml."""

from __future__ import annotations

import itertools
from random import Random

from prep.model.question import Drawn


def first_bpe_merge(draw: Random) -> Drawn:
    """The most frequent adjacent pair, weighted with the word counts."""
    while True:
        counts = {word: draw.randint(3, 25) for word in ("cat", "car", "bar", "bat", "scar")}
        pairs: dict[str, int] = {}
        for word, count in counts.items():
            for left, right in itertools.pairwise(word):
                pair = f"{left} + {right}"
                pairs[pair] = pairs.get(pair, 0) + count
        ranked = sorted(pairs, key=lambda pair: -pairs[pair])
        top = max(counts, key=lambda word: counts[word])
        chosen = [ranked[0], ranked[1], f"{top[0]} + {top[1]}", "s + c"]
        clear = len(set(pairs.values())) == len(pairs) and len(set(counts.values())) == len(counts)
        if clear and len(set(chosen)) == len(chosen):
            return Drawn(
                show=dict(counts),
                answer=chosen[0],
                wrong={
                    "runner_up": chosen[1],
                    "top_word": chosen[2],
                    "wordpiece": chosen[3],
                },
            )


def packed_pairs(draw: Random) -> Drawn:
    """Allowed (query, key) pairs of three packed documents."""
    first, second, third = draw.sample(range(10, 100, 5), 3)
    lengths, total = (first, second, third), first + second + third
    return Drawn(
        show={"first": first, "second": second, "third": third},
        answer=sum(n * (n + 1) // 2 for n in lengths),
        wrong={
            "no_document_mask": total * (total + 1) // 2,
            "no_causal_mask": sum(n * n for n in lengths),
            "no_diagonal": sum(n * (n - 1) // 2 for n in lengths),
        },
    )
