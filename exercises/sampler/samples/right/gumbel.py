"""Draws by the Gumbel maximum, works in log space, keeps whole masks."""

import numpy as np


def penalise(logits, seen, penalty):
    logits = np.asarray(logits, float)
    factors = np.where(logits > 0, 1 / penalty, penalty)
    occurs = np.isin(np.arange(len(logits)), seen)
    return logits * np.where(occurs, factors, 1.0)


def softmax(logits, temperature=1.0):
    logits = np.asarray(logits, float)
    if temperature == 0.0:
        return (np.arange(len(logits)) == np.argmax(logits)).astype(float)
    scaled = logits / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled))


def keep_top_k(weights, k):
    weights = np.asarray(weights, float)
    larger = (weights[None, :] > weights[:, None]).sum(axis=1)
    return weights * (larger < k)


def keep_top_p(weights, p):
    weights = np.asarray(weights, float)
    order = np.argsort(weights)[::-1]
    before = np.cumsum(weights[order]) - weights[order]
    kept = np.zeros_like(weights)
    inside = order[before < p * weights.sum()]
    kept[inside] = weights[inside]
    return kept


def draw(weights, rng):
    with np.errstate(divide="ignore"):
        scores = np.log(np.asarray(weights, float)) + rng.gumbel(size=len(weights))
    return int(np.argmax(scores))


def generate(
    model, prompt, *, limit, stop, seed, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0
):
    def tokens():
        rng, seen = np.random.default_rng(seed), [*prompt]
        while True:
            weights = softmax(penalise(model(list(seen)), seen, penalty), temperature)
            weights = keep_top_k(weights, top_k or len(weights))
            seen.append(draw(keep_top_p(weights, top_p), rng))
            yield seen[-1]

    found = []
    for token, _ in zip(tokens(), range(limit)):
        if token == stop:
            break
        found.append(token)
    return found
