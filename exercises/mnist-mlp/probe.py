"""Runs beside a solution: builds, trains and saves small models and returns what it saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

# A graph that runs for a hundred steps is not worth optimising: that would take longer than they do.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

_TRAINED = {}


def model_facts(solution, pixels, classes):
    """Return the number of parameters and the shape of the outputs of a new model."""
    model = solution.build_model(pixels, classes)
    outputs = _outputs(model, np.zeros((3, pixels), "float32"))
    return {"parameters": int(model.count_params()), "outputs": outputs.shape}


def outputs(solution, weights, rows):
    """Return the outputs of a new model that was given these weights."""
    return _outputs(_given(solution, weights), rows)


def predictions(solution, weights, rows, batches):
    """Return the outputs for rows, and what `predict` says of each batch of images."""
    model = _given(solution, weights)
    outputs = _outputs(model, rows)
    return outputs, [solution.predict(model, images) for images in batches]


def training(solution, sets, classes, epochs, patience):
    """Train an untrained model; return its history and its outputs on rows scaled by us."""
    images, labels, val_images, val_labels, test_images = sets
    model = _untrained(solution, _rows(images).shape[1], classes)
    before = _outputs(model, _rows(test_images))
    history = solution.train(model, (images, labels), (val_images, val_labels), epochs, patience)
    return {
        "loss": np.asarray(history["loss"]),
        "val_loss": np.asarray(history["val_loss"]),
        "val_outputs": _outputs(model, _rows(val_images)),
        "test_outputs": _outputs(model, _rows(test_images)),
        "test_outputs_before": before,
    }


def saved_and_loaded(solution, weights, rows, labels):
    """Save a model, spoil it, load the file; return the outputs before and after."""
    model = _given(solution, weights)
    before = _outputs(model, rows)
    solution.save(model, "probe-model.keras")
    model.set_weights([0 * array for array in model.get_weights()])
    files = sorted(path.name for path in Path.cwd().glob("probe-model.keras*"))
    result = {"before": before, "files": files, "compiled": False}
    if "probe-model.keras" in files:
        loaded = solution.load("probe-model.keras")
        result["after"] = _outputs(loaded, rows)
        if getattr(loaded, "compiled", False):
            loss = loaded.compute_loss(x=rows, y=labels, y_pred=loaded(rows, training=False))
            result.update(compiled=True, loss=float(loss))
    return result


def _untrained(solution, pixels, classes):
    """Return one model as it was when built: Keras traces the training of each new one for a second."""
    if (pixels, classes) not in _TRAINED:
        model = solution.build_model(pixels, classes)
        model(np.zeros((1, pixels), "float32"), training=False)
        state = []
        if getattr(model, "optimizer", None) is not None:
            model.optimizer.build(model.trainable_variables)
            state = [(variable, np.array(variable)) for variable in model.optimizer.variables]
        _TRAINED[pixels, classes] = model, model.get_weights(), state
    model, weights, state = _TRAINED[pixels, classes]
    model.set_weights(weights)
    model.stop_training = False
    for variable, value in state:
        variable.assign(value)
    return model


def _given(solution, weights):
    pixels, classes = weights[0].shape[0], weights[-1].shape[0]
    model = solution.build_model(pixels, classes)
    model(np.zeros((1, pixels), "float32"), training=False)  # without an Input, weights begin here
    left = list(weights)  # no two of one shape; a subclass may hold them in another order
    for variable in model.weights:
        shape = tuple(variable.shape)
        place = next((i for i, array in enumerate(left) if array.shape == shape), None)
        if place is None:
            raise ValueError(f"the model has a weight of shape {shape}")
        variable.assign(left.pop(place))
    return model


def _outputs(model, rows):
    return np.asarray(model(rows, training=False))


def _rows(images):
    return images.reshape(len(images), -1).astype("float32") / 255
