"""Lets each token look at itself only: a transformer without attention.

fails: test_attention_reaches_the_answer
"""

import re
from collections import Counter

import keras
import numpy as np
import tensorflow as tf

PAD, UNKNOWN = 0, 1


def tokenize(text):
    """Return the tokens: English words and numbers, lower-cased, and single Chinese characters."""
    return re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", text.lower())


def build_vocabulary(texts, size):
    """Return {token: id}, ids from 2 to size - 1, for the most frequent tokens."""
    counts = Counter(token for text in texts for token in tokenize(text))
    return {token: rank for rank, (token, _) in enumerate(counts.most_common(size - 2), start=2)}


def encode(texts, vocabulary, length):
    """Return ids (n, length), padded and cut at the end."""
    ids = np.full((len(texts), length), PAD)
    for row, text in zip(ids, texts, strict=True):
        found = [vocabulary.get(token, UNKNOWN) for token in tokenize(text)]
        row[: len(found)] = found[:length]
    return ids


def prepare(texts, labels, size, length, seed):
    """Draw a fifth for validation and a fifth for the test; return the vocabulary and three parts."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held = len(texts) // 5
    parts = {"test": order[:held], "valid": order[held : 2 * held], "train": order[2 * held :]}
    # Fitted on the training part only: a word of the test may be unknown.
    vocabulary = build_vocabulary([texts[i] for i in parts["train"]], size)
    data = {"vocabulary": vocabulary}
    for name, rows in parts.items():
        ids = encode([texts[i] for i in rows], vocabulary, length)
        data[name] = ids, np.array(labels)[rows]
    return data


def attention(q, k, v, real):
    """Return what each token gathers: (batch, time, width). real: (batch, time), False is padding."""
    scores = tf.matmul(q, k, transpose_b=True) / q.shape[-1] ** 0.5  # (batch, queries, keys)
    scores = tf.where(real[:, None, :], scores, -1e9)  # a key that is padding gets no weight
    return tf.nn.softmax(scores, axis=-1) @ v


def pool(x, real):
    """Return the mean of a text's tokens: (batch, time, width) → (batch, width)."""
    weights = tf.cast(real, x.dtype)[:, :, None]
    return tf.reduce_sum(x * weights, axis=1) / tf.reduce_sum(weights, axis=1)


class TextTransformer(tf.Module):
    """One block of self-attention: ids (batch, time) → logits (batch, classes)."""

    def __init__(self, vocabulary_size, length, classes, width=32, seed=0):
        super().__init__()
        rng = np.random.default_rng(seed)

        def new(*shape):
            return tf.Variable(rng.normal(size=shape) * width**-0.5, dtype=tf.float32)

        self.tokens, self.positions = new(vocabulary_size, width), new(length, width)
        self.query, self.key, self.value = (new(width, width) for _ in range(3))
        self.wide, self.narrow = new(width, 2 * width), new(2 * width, width)
        self.head = new(width, classes)

    def embed(self, ids):
        """Return a vector for each token at its place: (batch, time, width)."""
        # Attention alone does not know the order.
        return tf.gather(self.tokens, ids) + self.positions[: ids.shape[1]]

    def __call__(self, ids):
        """Return logits (batch, classes)."""
        real = tf.not_equal(ids, PAD)
        x = self.embed(ids)
        x = x + x @ self.value
        hidden = tf.nn.relu(x @ self.wide)
        x = x + hidden @ self.narrow
        return pool(x, real) @ self.head


def loss_of(model, ids, labels):
    """Return the mean cross-entropy of the labels."""
    logits = model(ids)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


def train(model, data, epochs, lr=0.01, batch=32):
    """Train on "train", leave the weights that "valid" likes best; return each epoch's loss there."""
    optimizer, history = keras.optimizers.Adam(lr), []
    for epoch in range(epochs):
        ids, labels = data["train"]
        order = np.random.default_rng(epoch).permutation(len(labels))
        for rows in np.array_split(order, -(-len(order) // batch)):
            with tf.GradientTape() as tape:
                loss = loss_of(model, ids[rows], labels[rows])
            found = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(found, model.trainable_variables, strict=True))
        history.append(float(loss_of(model, *data["valid"])))
        if history[-1] == min(history):
            best = [variable.numpy() for variable in model.variables]
    for variable, value in zip(model.variables, best, strict=True):
        variable.assign(value)
    return history
