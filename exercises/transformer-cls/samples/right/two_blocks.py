"""Two blocks, learnt positions as one weight, masked maximum, dropout; fit one epoch at a time."""

import re

import keras
import numpy as np
import tensorflow as tf


def segment(text):
    spaced = re.sub(r"([\u4e00-\u9fff])", r" \1 ", text.casefold())
    return [part for part in re.split(r"[^a-z0-9\u4e00-\u9fff]+", spaced) if part]


def build_vocabulary(texts, size):
    tokens, counts = np.unique(
        [token for text in texts for token in segment(text)], return_counts=True
    )
    kept = tokens[np.argsort(-counts, kind="stable")][: size - 2]
    return {str(token): place for place, token in enumerate(kept, start=2)}


def encode(texts, vocabulary, length):
    rows = [[vocabulary.get(token, 1) for token in segment(text)] for text in texts]
    return keras.utils.pad_sequences(rows, maxlen=length, padding="post", truncating="post")


def prepare(texts, labels, size, length, seed):
    pairs = list(zip(texts, labels, strict=True))
    np.random.default_rng(seed).shuffle(pairs := np.array(pairs, dtype=object))
    first, second = int(0.7 * len(pairs)), int(0.85 * len(pairs))
    parts = dict(zip(("train", "valid", "test"), np.split(pairs, [first, second]), strict=True))
    vocabulary = build_vocabulary(parts["train"][:, 0], size)
    data = {"vocabulary": vocabulary}
    for name, part in parts.items():
        data[name] = (encode(part[:, 0], vocabulary, length), part[:, 1].astype(int))
    return data


def attention(q, k, v, mask, heads):
    shape = tf.shape(q)
    cut = (shape[0], shape[1], heads, q.shape[-1] // heads)
    q, k, v = tf.reshape(q, cut), tf.reshape(k, cut), tf.reshape(v, cut)
    scores = tf.einsum("bqhd,bkhd->bhqk", q, k) * cut[-1] ** -0.5
    scores = tf.where(mask[:, tf.newaxis, tf.newaxis], scores, tf.float32.min)
    shares = tf.nn.softmax(scores)
    return tf.reshape(tf.einsum("bhqk,bkhd->bqhd", shares, v), shape), shares


@keras.saving.register_keras_serializable("prep")
class Encoder(keras.layers.Layer):
    def __init__(self, vocabulary_size, length, width, heads, blocks=2):
        super().__init__()
        self.length, self.width, self.heads = length, width, heads
        self.embed = keras.layers.Embedding(vocabulary_size, width)
        self.drop = keras.layers.Dropout(0.05)
        self.blocks = [
            [keras.layers.Dense(width) for _ in range(4)] + [keras.layers.LayerNormalization()]
            for _ in range(blocks)
        ]

    def build(self, shape):
        self.places = self.add_weight(shape=(self.length, self.width), initializer="random_normal")
        super().build(shape)

    def call(self, ids, training=False):
        real = tf.math.not_equal(ids, 0)
        x = self.embed(ids) + self.places[: tf.shape(ids)[1]]
        for query, key, value, out, norm in self.blocks:
            y = norm(x)
            y = attention(query(y), key(y), value(y), real, self.heads)[0]
            x = x + self.drop(out(y), training=training)
        lowest = tf.where(real[:, :, None], x, -1e4)
        return tf.reduce_max(lowest, axis=1) / 1.0


def build_model(vocabulary_size, length, classes, width=32, heads=4):
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            Encoder(vocabulary_size, length, width, heads),
            keras.layers.LayerNormalization(),
            keras.layers.Dense(classes),
            keras.layers.Softmax(),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy")
    return model


def train(model, data, epochs):
    told, best = {"loss": [], "val_loss": []}, None
    for _ in range(epochs):
        history = model.fit(
            *data["train"], batch_size=25, validation_data=data["valid"], verbose=0
        ).history
        told["loss"] += history["loss"]
        told["val_loss"] += history["val_loss"]
        if best is None or told["val_loss"][-1] < best[0]:
            best = told["val_loss"][-1], [np.array(weight) for weight in model.weights]
    for weight, value in zip(model.weights, best[1], strict=True):
        weight.assign(value)
    told["test_accuracy"] = float(
        np.mean(model.predict(data["test"][0], verbose=0).argmax(1) == data["test"][1])
    )
    return told
