"""Runs beside a solution: calls its attention and its model, returns what it saw."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def attended(solution, q, k, v, real):
    """Return what `attention` gives for tensors."""
    return np.asarray(solution.attention(*(tf.constant(x) for x in (q, k, v, real))))


def pooled(solution, x, real):
    """Return what `pool` gives for tensors."""
    return np.asarray(solution.pool(tf.constant(x), tf.constant(real)))


def embedded(solution, sizes, ids):
    """Return the vectors of a new model's `embed`."""
    return np.asarray(solution.TextTransformer(*sizes).embed(tf.constant(ids)))


def with_and_without_attention(solution, sizes, ids):
    """Return a model's logits, and those when attention gives zeros."""
    model, own = solution.TextTransformer(*sizes), solution.attention
    whole = np.asarray(model(tf.constant(ids)))
    solution.attention = lambda *args, **kwargs: tf.zeros_like(own(*args, **kwargs))
    try:
        return whole, np.asarray(model(tf.constant(ids)))
    finally:
        solution.attention = own


def trained(solution, sizes, data, epochs):
    """Return the history of a training, and the logits that its model then gives for each part."""
    model = solution.TextTransformer(*sizes)
    history = solution.train(model, {"vocabulary": {}, **data}, epochs, lr=0.1, batch=64)
    logits = {name: np.asarray(model(tf.constant(ids))) for name, (ids, _) in data.items()}
    return {"history": [float(loss + 0.0) for loss in history], **logits}
