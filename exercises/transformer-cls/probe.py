"""Runs beside a solution: calls its attention, builds and trains its model, returns what it saw."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

# A graph that runs for a hundred steps is not worth optimising: that would take longer than they do.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

_MODELS = {}
_CALLS = []


def attended(solution, q, k, v, mask, heads):
    """Return outputs and weights of `attention`, called with tensors."""
    outputs, weights = solution.attention(*(tf.constant(x) for x in (q, k, v, mask)), heads)
    return np.asarray(outputs), np.asarray(weights)


def outputs(solution, sizes, batches, seed):
    """Return the model's probabilities for each batch of ids; its weights are shaken before."""
    model = _fresh(solution, sizes)
    rng = np.random.default_rng(seed)
    # New weights are small and biases zero, which hides much.
    shaken = [w + rng.normal(scale=0.2, size=w.shape).astype(w.dtype) for w in model.get_weights()]
    model.set_weights(shaken)
    return [_outputs(model, ids) for ids in batches]


def calls(solution, sizes):
    """Return the width and the heads of each call of `attention` while a model was built and called."""
    _fresh(solution, sizes)
    return list(_CALLS)


def without_attention(solution, sizes, ids, seed):
    """Return the outputs of a model, and those of its twin in which attention gives zeros."""
    (whole,) = outputs(solution, sizes, [ids], seed)
    weights, own = _MODELS[tuple(sizes)][0].get_weights(), solution.attention

    def attention(*args, **kwargs):
        gathered, shares = own(*args, **kwargs)
        return 0.0 * gathered, shares

    solution.attention = attention
    try:
        twin = solution.build_model(*sizes)
        twin(np.zeros((1, 3), "int32"), training=False)
        twin.set_weights(weights)
        return whole, _outputs(twin, ids)
    finally:
        solution.attention = own


def training(solution, sizes, data, epochs, others):
    """Train an untrained model; return what `train` tells, and outputs before and after."""
    model = _fresh(solution, sizes)
    valid, test = data["valid"][0], data["test"][0]
    before = _outputs(model, others)
    told = solution.train(model, {"vocabulary": {}, **data}, epochs)
    return {
        "loss": np.asarray(told["loss"]),
        "val_loss": np.asarray(told["val_loss"]),
        "test_accuracy": told["test_accuracy"],
        "valid": _outputs(model, valid),
        "test": _outputs(model, test),
        "before": before,
        "after": _outputs(model, others),
    }


def _fresh(solution, sizes):
    """Return one model as it was when built: to trace the training of each new one takes seconds."""
    key = tuple(sizes)
    if key not in _MODELS:
        model = _watched(solution, sizes)
        model.jit_compile = False  # XLA pays off later than these few steps
        state = []
        if getattr(model, "optimizer", None) is not None:
            model.optimizer.build(model.trainable_variables)
            state = [(variable, np.array(variable)) for variable in model.optimizer.variables]
        _MODELS[key] = model, model.get_weights(), state
    model, weights, state = _MODELS[key]
    model.set_weights(weights)
    model.stop_training = False
    for variable, value in state:
        variable.assign(value)
    return model


def _watched(solution, sizes):
    """Build a model and call it, and note how it calls `attention` meanwhile."""
    own = solution.attention

    def attention(q, *args, **kwargs):
        heads = args[3] if len(args) > 3 else kwargs["heads"]
        _CALLS.append((int(q.shape[-1]), int(heads)))
        return own(q, *args, **kwargs)

    solution.attention = attention
    try:
        model = solution.build_model(*sizes)
        model(np.zeros((1, 3), "int32"), training=False)
    finally:
        solution.attention = own
    return model


def _outputs(model, ids):
    return np.asarray(model(ids, training=False))
