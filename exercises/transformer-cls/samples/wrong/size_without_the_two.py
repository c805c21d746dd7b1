"""Gives `size` tokens an id, so that the last two have no row in the table.

fails: test_vocabulary_holds_the_most_frequent
"""

from __future__ import annotations

import re
from collections import Counter

import keras
import numpy as np
from keras import layers, ops

PAD, UNKNOWN = 0, 1
TOKEN = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")  # an English word, or one Chinese character


def segment(text):
    """Return the tokens of a text."""
    return TOKEN.findall(text.lower())


def build_vocabulary(texts, size):
    """Return {token: id} of the most frequent tokens; with padding and unknown, `size` ids."""
    counts = Counter(token for text in texts for token in segment(text))
    return {token: 2 + rank for rank, (token, _) in enumerate(counts.most_common(size))}


def encode(texts, vocabulary, length):
    """Return int32 ids (n, length), cut or padded at the end."""
    ids = np.full((len(texts), length), PAD, dtype=np.int32)
    for row, text in zip(ids, texts, strict=True):
        found = [vocabulary.get(token, UNKNOWN) for token in segment(text)[:length]]
        row[: len(found)] = found
    return ids


def prepare(texts, labels, size, length, seed):
    """Split into 70, 15 and 15 %, learn the vocabulary from the first part, encode all three."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held = round(0.15 * len(texts))
    parts = {"valid": order[:held], "test": order[held : 2 * held], "train": order[2 * held :]}
    # The vocabulary is learnt, too: a word that only the test part has must be unknown.
    vocabulary = build_vocabulary([texts[i] for i in parts["train"]], size)
    data = {"vocabulary": vocabulary}
    for name, rows in parts.items():
        ids = encode([texts[i] for i in rows], vocabulary, length)
        data[name] = ids, np.asarray(labels)[rows]
    return data


def attention(q, k, v, mask, heads):
    """Return outputs (batch, time, width) and weights (batch, heads, time, time)."""
    batch, time, width = ops.shape(q)
    size = width // heads

    def split(x):
        x = ops.reshape(x, (batch, time, heads, size))  # each head gets a slice of the width …
        return ops.transpose(x, (0, 2, 1, 3))  # … and then stands before time

    scores = ops.matmul(split(q), ops.transpose(split(k), (0, 1, 3, 2))) / size**0.5
    # (batch, heads, queries, keys): no query looks at padding.
    scores = ops.where(mask[:, None, None, :], scores, -1e9)
    weights = ops.softmax(scores, axis=-1)
    outputs = ops.transpose(ops.matmul(weights, split(v)), (0, 2, 1, 3))  # time before heads again
    return ops.reshape(outputs, (batch, time, width)), weights


class Embedding(layers.Layer):
    """Ids (batch, time) → token plus position, (batch, time, width)."""

    def __init__(self, vocabulary_size, length, width):
        super().__init__()
        self.tokens = layers.Embedding(vocabulary_size, width)
        self.positions = layers.Embedding(length, width)

    def call(self, ids):
        """Add the same positions, (time, width), to every text."""
        return self.tokens(ids) + self.positions(ops.arange(ops.shape(ids)[1]))


class Block(layers.Layer):
    """Attention, then two dense layers for each token; both are added to what goes in."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.before, self.between = layers.LayerNormalization(), layers.LayerNormalization()
        self.three, self.out = layers.Dense(3 * width), layers.Dense(width)
        self.wide = layers.Dense(2 * width, activation="gelu")
        self.narrow = layers.Dense(width)

    def call(self, x, real):
        """Return (batch, time, width) for the same; `real` is (batch, time)."""
        q, k, v = ops.split(self.three(self.before(x)), 3, axis=-1)
        y, _ = attention(q, k, v, real, self.heads)
        x = x + self.out(y)
        return x + self.narrow(self.wide(self.between(x)))


class MeanOfReal(layers.Layer):
    """The mean over the tokens that are not padding, (batch, width)."""

    def call(self, x, real):
        """Return zeros for a text without any token."""
        real = ops.cast(real, x.dtype)[:, :, None]  # (batch, time, 1)
        return ops.sum(x * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1.0)


def build_model(vocabulary_size, length, classes, width=32, heads=4):
    """Return a compiled model: ids (n, time ≤ length) → probabilities (n, classes)."""
    ids = keras.Input((None,), dtype="int32")
    real = ids != PAD
    x = Embedding(vocabulary_size, length, width)(ids)
    x = Block(width, heads)(x, real)
    x = MeanOfReal()(x, real)
    model = keras.Model(ids, layers.Dense(classes, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    return model


def train(model, data, epochs):
    """Train on "train", keep the epoch that "valid" likes best, then measure "test" once."""
    best = keras.callbacks.EarlyStopping(
        monitor="val_loss",
        patience=epochs,  # no early end, but the best weights come back
        restore_best_weights=True,
    )
    history = model.fit(
        *data["train"],
        validation_data=data["valid"],
        epochs=epochs,
        callbacks=[best],
        verbose=0,
    ).history
    ids, labels = data["test"]
    told = model.predict(ids, verbose=0).argmax(axis=-1)
    return {
        "loss": history["loss"],
        "val_loss": history["val_loss"],
        "test_accuracy": float((told == labels).mean()),
    }
