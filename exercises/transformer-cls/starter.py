"""A text classifier with self-attention and positions. See task.en.md or task.zh.md."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

Part = tuple[np.ndarray, np.ndarray]  # ids (n, length), labels (n,)


def segment(text: str) -> list[str]:
    """Return the tokens of a text: English words, single Chinese characters."""
    # TODO
    raise NotImplementedError


def build_vocabulary(texts: list[str], size: int) -> dict[str, int]:
    """Return {token: id} of the `size - 2` most frequent tokens; 0 is padding, 1 is unknown."""
    # TODO
    raise NotImplementedError


def encode(texts: list[str], vocabulary: dict[str, int], length: int) -> np.ndarray:
    """Return the ids of each text, cut or padded at the end.

    returns: (n, length), int32
    """
    # TODO
    raise NotImplementedError


def prepare(
    texts: list[str], labels: list[int], size: int, length: int, seed: int
) -> dict[str, dict[str, int] | Part]:
    """Split into three parts, learn the vocabulary, encode.

    returns: {"vocabulary": {...}, "train": part, "valid": part, "test": part}
    """
    # TODO: what may the vocabulary know?
    raise NotImplementedError


def attention(
    q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: tf.Tensor, heads: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Multi-head attention without weights of its own.

    q, k, v: (batch, time, width), float32
    mask: (batch, time), bool; False is padding
    returns: outputs (batch, time, width), weights (batch, heads, time, time)
    """
    # TODO
    raise NotImplementedError


def build_model(
    vocabulary_size: int, length: int, classes: int, width: int = 32, heads: int = 4
) -> keras.Model:
    """Return a compiled model: ids (n, time ≤ length) → probabilities (n, classes)."""
    # TODO: tokens + positions → attention → pooling → probabilities
    raise NotImplementedError


def train(model: keras.Model, data: dict[str, Part], epochs: int) -> dict[str, list[float] | float]:
    """Train `model` in place.

    data: what `prepare` returns
    returns: {"loss": [...], "val_loss": [...], "test_accuracy": ...}
    """
    # TODO: which part is for what?
    raise NotImplementedError
