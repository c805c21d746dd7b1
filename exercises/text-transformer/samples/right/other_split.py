"""Other cuts of the data, a mask that is added, positions that are gathered, weights copied at once."""

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
    order = np.random.RandomState(seed).permutation(len(texts))
    first, second = round(0.6 * len(texts)), round(0.8 * len(texts))
    parts = dict(zip(("train", "valid", "test"), np.split(order, [first, second]), strict=True))
    # Fitted on the training part only: a word of the test may be unknown.
    held_out = {int(i) for name in ("valid", "test") for i in parts[name]}
    seen = [text for place, text in enumerate(texts) if place not in held_out]
    vocabulary = build_vocabulary(seen, size)
    data = {"vocabulary": vocabulary}
    for name, rows in parts.items():
        ids = encode([texts[i] for i in rows], vocabulary, length)
        data[name] = ids, np.array(labels)[rows]
    return data


def attention(q, k, v, real):
    """Return what each token gathers: (batch, time, width). real: (batch, time), False is padding."""
    scores = tf.matmul(q, k, transpose_b=True) / q.shape[-1] ** 0.5  # (batch, queries, keys)
    scores = (
        scores + tf.cast(tf.logical_not(real), scores.dtype)[:, tf.newaxis] * -1e9
    )  # a key that is padding gets no weight
    return tf.nn.softmax(scores, axis=-1) @ v


def pool(x, real):
    """Return the mean of a text's tokens: (batch, time, width) → (batch, width)."""
    weights = tf.cast(real, x.dtype)[:, :, None]
    return tf.einsum("btd,btx->bd", x, weights / tf.reduce_sum(weights, axis=1, keepdims=True))


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
        places = tf.gather(self.positions, tf.range(tf.shape(ids)[1]))
        return tf.nn.embedding_lookup(self.tokens, ids) + places[tf.newaxis]

    def __call__(self, ids):
        """Return logits (batch, classes)."""
        real = tf.not_equal(ids, PAD)
        x = self.embed(ids)
        q, k, v = (tf.einsum("btd,de->bte", x, w) for w in (self.query, self.key, self.value))
        x += attention(q=q, k=k, v=v, real=real)
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
        ids, labels = data["valid"]
        loss = float(loss_of(model, ids, labels))
        if not history or loss < min(history):
            best = [tf.identity(variable) for variable in model.variables]
        history.append(loss)
    for variable, value in zip(model.variables, best, strict=True):
        variable.assign(value)
    return history
