"""Plain Python: sorted lists, bisect, math.exp; arrays only where they are handed back."""

import math
from bisect import bisect_right
from itertools import accumulate

import numpy as np


def penalise(logits, seen, penalty):
    seen = {int(token) for token in seen}
    return np.array(
        [
            (x if i not in seen else x / penalty if x >= 0 else x * penalty)
            for i, x in enumerate(map(float, logits))
        ]
    )


def softmax(logits, temperature=1.0):
    logits = [float(x) for x in logits]
    largest = max(logits)
    if temperature == 0:
        chosen = logits.index(largest)
        return np.array([float(i == chosen) for i in range(len(logits))])
    powers = [math.exp((x - largest) / temperature) for x in logits]
    total = math.fsum(powers)
    return np.array([power / total for power in powers])


def keep_top_k(weights, k):
    cut = sorted(weights, reverse=True)[:k][-1]
    return np.array([w if w >= cut else 0.0 for w in weights])


def keep_top_p(weights, p):
    total, held, kept = math.fsum(weights), 0.0, [0.0] * len(weights)
    for weight, token in sorted(((w, i) for i, w in enumerate(weights)), reverse=True):
        kept[token] = weight
        held += weight
        if held / total >= p:
            break
    return np.array(kept)


def draw(weights, rng):
    steps = list(accumulate(map(float, weights)))
    token = bisect_right(steps, rng.uniform(0.0, steps[-1]))
    while token >= len(steps) or weights[token] == 0:
        token -= 1
    return token


def generate(
    model, prompt, *, limit, stop, seed, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0
):
    rng = np.random.default_rng(seed)
    text = []
    while len(text) < limit:
        seen = list(prompt) + text
        weights = softmax(penalise(model(seen), seen, penalty), temperature)
        if top_k is not None:
            weights = keep_top_k(weights, top_k)
        text.append(draw(keep_top_p(weights, top_p), rng))
        if text[-1] == stop:
            text.pop()
            break
    return text
