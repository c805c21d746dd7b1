"""Keeps what stays below p: the crossing token is lost, and with a sure model every token.

fails: test_crossing_token_is_in
"""

import numpy as np


def penalise(logits, seen, penalty):
    """(vocab,) logits, ids seen so far → new logits, in which the seen tokens are less likely."""
    logits = np.array(logits, float)
    ids = np.unique(np.asarray(seen, int))  # each token once, however often it occurred
    told = logits[ids]
    logits[ids] = np.where(told > 0, told / penalty, told * penalty)  # −2 / 1.3 would be likelier
    return logits


def softmax(logits, temperature=1.0):
    """(vocab,) logits → probabilities; at temperature 0 all of it goes to the first maximum."""
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max())  # exp of the largest is 1, never inf
    return powers / powers.sum()


def keep_top_k(weights, k):
    """(vocab,) weights → the same with 0 for all but the k largest; ties with the k-th stay."""
    kept = np.array(weights, float)
    cut = np.sort(kept)[-min(k, len(kept))]
    kept[kept < cut] = 0.0
    return kept


def keep_top_p(weights, p):
    """(vocab,) weights → the same with 0 outside the smallest set that has a share of p or more."""
    kept = np.array(weights, float)
    order = np.argsort(-kept)
    share = np.cumsum(kept[order]) / kept.sum()  # (vocab,)
    count = np.count_nonzero(share <= p)
    kept[order[count:]] = 0.0
    return kept


def draw(weights, rng):
    """Return a token id: i with a chance of weights[i] / sum of weights."""
    steps = np.cumsum(weights)
    number = rng.random() * steps[-1]  # the weights need not sum to 1
    return min(int(np.searchsorted(steps, number, side="right")), len(steps) - 1)


def generate(
    model, prompt, *, limit, stop, seed, temperature=1.0, top_k=None, top_p=1.0, penalty=1.0
):
    """Return the ids that follow `prompt`: at most `limit`, or those before `stop` is drawn."""
    rng = np.random.default_rng(seed)  # one for all tokens
    tokens = list(prompt)
    while len(tokens) < len(prompt) + limit:
        weights = softmax(penalise(model(tokens), tokens, penalty), temperature)
        if top_k is not None:
            weights = keep_top_k(weights, top_k)
        if top_p < 1:
            weights = keep_top_p(weights, top_p)
        tokens.append(draw(weights, rng))
        if tokens[-1] == stop:  # a stop token in the prompt ends nothing
            return tokens[len(prompt) : -1]
    return tokens[len(prompt) :]
