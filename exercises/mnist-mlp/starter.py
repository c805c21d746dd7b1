"""A multilayer perceptron for images of digits, with Keras. See task.en.md or task.zh.md."""

from __future__ import annotations

import keras
import numpy as np

History = dict[str, list[float]]
Labelled = tuple[np.ndarray, np.ndarray]


def scale(images: np.ndarray) -> np.ndarray:
    """Turn uint8 images into rows of numbers from 0 to 1.

    images: (n, height, width), uint8
    returns: (n, height * width), float32
    """
    # TODO: 0 becomes 0.0 and 255 becomes 1.0, whatever else is in the batch.
    raise NotImplementedError


def split(
    images: np.ndarray, labels: np.ndarray, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Hold `fraction` of the examples out for validation.

    images: (n, height, width), labels: (n,)
    returns: train images, train labels, validation images, validation labels
    """
    # TODO: the labels may come sorted.
    raise NotImplementedError


def build_model(pixels: int, classes: int) -> keras.Model:
    """Return a compiled model, (n, pixels) → probabilities (n, classes)."""
    # TODO: pixels → 128 with ReLU → classes with softmax
    raise NotImplementedError


def train(
    model: keras.Model, training: Labelled, validation: Labelled, epochs: int, patience: int
) -> History:
    """Train `model` in place and return {"loss": [...], "val_loss": [...]}, one number an epoch.

    training, validation: (images (n, height, width) uint8, labels (n,))
    """
    # TODO: stop after `patience` epochs without a lower val_loss; keep the best weights.
    raise NotImplementedError


def predict(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return the class of each image.

    images: (n, height, width), uint8
    returns: (n,), integers
    """
    # TODO
    raise NotImplementedError


def save(model: keras.Model, path: str) -> None:
    """Write the whole model to `path`, which ends in .keras."""
    # TODO
    raise NotImplementedError


def load(path: str) -> keras.Model:
    """Return the model that `save` wrote, compiled and ready to use."""
    # TODO
    raise NotImplementedError
