"""Sinusoids, first token, norm after the sum, heads one by one, and a training loop of its own."""

import keras
import numpy as np
import tensorflow as tf


def segment(text):
    tokens, word = [], ""
    for letter in text.lower() + " ":
        if letter.isascii() and letter.isalnum():
            word += letter
            continue
        if word:
            tokens.append(word)
        word = ""
        if "\u4e00" <= letter <= "\u9fff":
            tokens.append(letter)
    return tokens


def build_vocabulary(texts, size):
    counts = {}
    for text in texts:
        for token in segment(text):
            counts[token] = counts.get(token, 0) + 1
    kept = sorted(counts, key=lambda token: (-counts[token], token))[: size - 2]
    return dict(zip(kept, range(2, size), strict=False))


def encode(texts, vocabulary, length):
    rows = []
    for text in texts:
        row = [vocabulary.get(token, 1) for token in segment(text)]
        rows.append((row + [0] * length)[:length])
    return np.array(rows, dtype="int64").reshape(len(texts), length)


def prepare(texts, labels, size, length, seed):
    texts, labels = np.array(texts, dtype=object), np.array(labels)
    place = np.random.RandomState(seed).permutation(len(texts)) / len(texts)
    rows = {"test": place < 0.15, "valid": (place >= 0.15) & (place < 0.3), "train": place >= 0.3}
    vocabulary = build_vocabulary(list(texts[rows["train"]]), size)
    parts = {
        name: (encode(texts[some], vocabulary, length), labels[some]) for name, some in rows.items()
    }
    return {"vocabulary": vocabulary, **parts}


def attention(q, k, v, mask, heads):
    outputs, shares = [], []
    for a, b, c in zip(*(tf.split(x, heads, axis=-1) for x in (q, k, v)), strict=True):
        a = a / tf.sqrt(tf.cast(tf.shape(a)[-1], a.dtype))
        scores = tf.einsum("bqd,bkd->bqk", a, b)
        scores += (1 - tf.cast(mask, scores.dtype))[:, None, :] * -1e9
        powers = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))
        shares.append(powers / tf.reduce_sum(powers, axis=-1, keepdims=True))
        outputs.append(shares[-1] @ c)
    return tf.concat(outputs, axis=-1), tf.stack(shares, axis=1)


class Classifier(keras.Model):
    def __init__(self, vocabulary_size, length, classes, width, heads):
        super().__init__()
        self.embed = keras.layers.Embedding(vocabulary_size, width)
        rates = 1.0 / 10000 ** (np.arange(0, width, 2) / width)
        angles = np.arange(length)[:, None] * rates
        waves = np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(length, -1)[:, :width]
        self.waves = tf.constant(waves, tf.float32)
        self.inner = keras.layers.Dense(3 * width, use_bias=False)
        self.join = keras.layers.Dense(width)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.head = keras.layers.Dense(classes, activation="softmax")
        self.heads, self.scale = heads, width**0.5

    def call(self, ids):
        x = self.embed(ids) * self.scale + self.waves[: tf.shape(ids)[1]]
        q, k, v = tf.split(self.inner(x), 3, axis=-1)
        y, _ = attention(q, k, v, tf.not_equal(ids, 0), heads=self.heads)
        x = self.norm(x + self.join(y))
        return self.head(x[:, 0])


def build_model(vocabulary_size, length, classes, width=32, heads=4):
    model = Classifier(vocabulary_size, length, classes, width, heads)
    model(np.zeros((1, length), "int32"))
    model.compile(optimizer=keras.optimizers.AdamW(5e-3), loss="sparse_categorical_crossentropy")
    return model


def train(model, data, epochs):
    measure = keras.losses.SparseCategoricalCrossentropy()
    (ids, labels), (valid, answers), (test, wanted) = data["train"], data["valid"], data["test"]
    told, best, kept = {"loss": [], "val_loss": []}, np.inf, None

    @tf.function
    def step(some, truth):
        with tf.GradientTape() as tape:
            loss = measure(truth, model(some, training=True))
        found = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(found, model.trainable_variables, strict=True))
        return loss

    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(ids))
        losses = [
            (float(step(tf.constant(ids[some], tf.int32), tf.constant(labels[some]))), len(some))
            for some in np.array_split(order, -(-len(order) // 32))
        ]
        told["loss"].append(sum(a * n for a, n in losses) / len(ids))
        told["val_loss"].append(float(measure(answers, model(valid, training=False))))
        if told["val_loss"][-1] < best:
            best, kept = told["val_loss"][-1], model.get_weights()
    model.set_weights(kept)
    found = np.argmax(model(test, training=False), axis=1)
    told["test_accuracy"] = np.mean(found == wanted)
    return told
