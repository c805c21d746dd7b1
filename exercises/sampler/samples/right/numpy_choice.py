"""rng.choice, stable sorts, and a loop that fills the nucleus."""

import numpy as np


def penalise(logits, seen, penalty):
    new = np.array(logits, dtype=np.float64)
    for token in set(seen):
        new[token] = new[token] / penalty if new[token] > 0 else new[token] * penalty
    return new


def softmax(logits, temperature=1.0):
    logits = np.asarray(logits, dtype=np.float64)
    if not temperature:
        greedy = np.zeros_like(logits)
        greedy[int(logits.argmax())] = 1
        return greedy
    logits = (logits - np.max(logits)) / temperature
    return np.exp(logits) / np.sum(np.exp(logits))


def keep_top_k(weights, k):
    weights = np.asarray(weights)
    if k >= len(weights):
        return weights.copy()
    threshold = np.partition(weights, len(weights) - k)[len(weights) - k]
    return np.where(weights >= threshold, weights, 0)


def keep_top_p(weights, p):
    weights = np.asarray(weights, dtype=np.float64)
    result, total, held = np.zeros_like(weights), weights.sum(), 0.0
    for token in np.argsort(weights, kind="stable")[::-1]:
        if held >= p * total:
            break
        result[token] = weights[token]
        held += weights[token]
    return result


def draw(weights, rng):
    return int(rng.choice(len(weights), p=np.asarray(weights) / np.sum(weights)))


def generate(
    model, prompt, *, limit, stop, seed, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0
):
    rng, text = np.random.default_rng(seed), []
    for _ in range(limit):
        logits = penalise(model([*prompt, *text]), [*prompt, *text], penalty)
        weights = softmax(logits, temperature)
        if top_k:
            weights = keep_top_k(weights, top_k)
        weights = keep_top_p(weights, top_p)
        token = draw(weights, rng)
        if token == stop:
            return text
        text.append(token)
    return text
