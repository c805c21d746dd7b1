"""Generators of questions/applications/retrieval.yaml."""

from __future__ import annotations

from math import ceil
from random import Random

from prep.model.question import Drawn
from prep.model.text import Text


def _fused(ranks: tuple[int, int]) -> float:
    return sum(1 / (60 + rank) for rank in ranks if rank)


def fusion_winner(draw: Random) -> Drawn:
    """The document that both retrievers place well, against three that only one likes."""
    while True:
        steady = (draw.randint(3, 8), draw.randint(3, 8))
        spread = (2, draw.randint(12, 40))
        if draw.random() < 0.5:
            spread = (spread[1], spread[0])
        used = {*steady, *spread}
        if len(used) == 4 and _fused(steady) - _fused(spread) > 1e-4:
            break
    ranks = {
        "answer": steady,
        "best_rank": spread,
        "bm25_top": (1, 0),
        "dense_top": (0, 1),
    }
    letters = draw.sample("PQRS", 4)
    named = dict(zip(ranks, letters, strict=True))
    rows = sorted((named[role], ranks[role]) for role in ranks)
    en = "; ".join(f"{n}: BM25 {a or 'none'}, dense {b or 'none'}" for n, (a, b) in rows)
    zh = "；".join(f"{n}：BM25 {_place(a)}，向量{_place(b)}" for n, (a, b) in rows)
    return Drawn(
        show={"ranks": Text(en=en, zh=zh)},
        answer=named["answer"],
        wrong={role: named[role] for role in ("best_rank", "bm25_top", "dense_top")},
    )


def _place(rank: int) -> str:
    return f"第 {rank}" if rank else "未命中"


def chunk_count(draw: Random) -> Drawn:
    """How many overlapping chunks cover a document."""
    while True:
        size = draw.choice([200, 256, 300, 400, 500, 512])
        overlap = draw.choice([20, 30, 40, 50, 64, 80, 100])
        length = draw.randrange(2000, 20000, 10)
        step = size - overlap
        answer = ceil((length - overlap) / step)
        wrong = {
            "overlap_ignored": ceil(length / size),
            "tail_lost": (length - size) // step + 1,
            "tail_repeated": ceil(length / step),
        }
        if len({answer, *wrong.values()}) == 4:
            return Drawn(
                show={"length": length, "size": size, "overlap": overlap},
                answer=answer,
                wrong=wrong,
            )
