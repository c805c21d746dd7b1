"""Runs beside a solution: builds, trains and saves small models and returns what it saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def model_facts(solution, pixels, classes):
    """Return the number of parameters and the shape of the outputs of a new model."""
    model = solution.build_model(pixels, classes)
    outputs = np.asarray(model(np.zeros((3, pixels), "float32"), training=False))
    return {"parameters": int(model.count_params()), "outputs": tuple(outputs.shape)}


def outputs(solution, weights, rows):
    """Return the outputs of a new model that was given these weights."""
    return _outputs(_given(solution, weights), rows)


def predictions(solution, weights, images):
    """Return what `predict` says with these weights."""
    return solution.predict(_given(solution, weights), images)


def training(solution, sets, classes, epochs, patience):
    """Train a new model; return its history and its outputs on rows scaled by us."""
    images, labels, val_images, val_labels, test_images = sets
    model = solution.build_model(_rows(images).shape[1], classes)
    history = solution.train(model, (images, labels), (val_images, val_labels), epochs, patience)
    return {
        "loss": [float(value) for value in history["loss"]],
        "val_loss": [float(value) for value in history["val_loss"]],
        "val_outputs": _outputs(model, _rows(val_images)),
        "test_outputs": _outputs(model, _rows(test_images)),
    }


def saved_and_loaded(solution, weights, rows, labels):
    """Save a model, spoil it, load the file; return the outputs before and after."""
    model = _given(solution, weights)
    solution.save(model, "probe-model.keras")
    before = _outputs(model, rows)
    model.set_weights([0 * array for array in weights])
    files = sorted(path.name for path in Path.cwd().glob("probe-model.keras*"))
    loaded = solution.load("probe-model.keras")
    after = _outputs(loaded, rows)
    compiled = bool(getattr(loaded, "compiled", False))
    result = {"before": before, "after": after, "compiled": compiled, "files": files}
    if compiled:
        loss = loaded.evaluate(rows, labels, verbose=0, return_dict=True)["loss"]
        result["loss"] = float(loss)
    return result


def _given(solution, weights):
    pixels, classes = weights[0].shape[0], weights[-1].shape[0]
    model = solution.build_model(pixels, classes)
    model(np.zeros((1, pixels), "float32"))  # a model without an Input gets its weights here
    model.set_weights(weights)
    return model


def _outputs(model, rows):
    return np.asarray(model(rows, training=False))


def _rows(images):
    return images.reshape(len(images), -1).astype("float32") / 255
