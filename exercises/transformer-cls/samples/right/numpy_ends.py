"""Post-norm, default Adam, attention pooling, float64 numbers; keras.ops with einsum."""

import string
from collections import Counter, defaultdict

import keras
import numpy as np
from keras import layers
from keras.ops import cast, einsum, expand_dims, reshape, shape, softmax

WORD = set(string.ascii_lowercase + string.digits)


def segment(text):
    found, last = [], False
    for letter in text.lower():
        if letter in WORD:
            if last:
                found[-1] += letter
            else:
                found.append(letter)
            last = True
            continue
        last = False
        if 0x4E00 <= ord(letter) <= 0x9FFF:
            found.append(letter)
    return found


def build_vocabulary(texts, size):
    counts = Counter()
    for text in texts:
        counts.update(segment(text))
    known = {}
    for token, _ in sorted(counts.items(), key=lambda pair: -pair[1]):
        if len(known) == size - 2:
            break
        known[token] = len(known) + 2
    return known


def encode(texts, vocabulary, length):
    known = defaultdict(lambda: 1, vocabulary)
    ids = np.zeros((len(texts), length), dtype="int32")
    for i, text in enumerate(texts):
        for j, token in enumerate(segment(text)):
            if j < length:
                ids[i, j] = known[token]
    return ids


def prepare(texts, labels, size, length, seed):
    rng = np.random.default_rng(seed + 7)
    names = np.repeat(
        ["train", "valid", "test"],
        [len(texts) - 2 * (len(texts) * 15 // 100)] + 2 * [len(texts) * 15 // 100],
    )
    names = rng.permutation(names)
    train = [text for text, name in zip(texts, names, strict=True) if name == "train"]
    data = {"vocabulary": build_vocabulary(train, size)}
    for name in ("train", "valid", "test"):
        some = np.flatnonzero(names == name)
        ids = encode([texts[i] for i in some], data["vocabulary"], length)
        data[name] = [ids, np.array([labels[i] for i in some])]
    return data


def attention(q, k, v, mask, heads):
    def cut(x):
        return reshape(x, (*shape(x)[:2], heads, x.shape[-1] // heads))

    q, k, v = cut(q), cut(k), cut(v)
    scores = einsum("bihd,bjhd->bhij", q, k) / np.sqrt(q.shape[-1]).astype("float32")
    away = expand_dims(expand_dims(1.0 - cast(mask, "float32"), 1), 1)
    shares = softmax(scores - 1e9 * away)
    mixed = einsum("bhij,bjhd->bihd", shares, v)
    return reshape(mixed, (*shape(mixed)[:2], -1)), shares


class SelfAttention(layers.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, x_shape, real_shape):
        self.matrices = [self.add_weight(shape=(x_shape[-1], x_shape[-1])) for _ in range(4)]

    def call(self, x, real):
        q, k, v = (x @ matrix for matrix in self.matrices[:3])
        return attention(mask=real, q=q, k=k, v=v, heads=self.heads)[0] @ self.matrices[3]


class Positions(layers.Layer):
    def __init__(self, length, **kwargs):
        super().__init__(**kwargs)
        self.length = length

    def build(self, x):
        self.table = self.add_weight(shape=(self.length, x[-1]), initializer="uniform")

    def call(self, x):
        return x + self.table[: shape(x)[1]]


class Pooling(layers.Layer):
    """Each token bids for its share of the text."""

    def build(self, x_shape, real_shape):
        self.bid = self.add_weight(shape=(x_shape[-1],), initializer="zeros")

    def call(self, x, real):
        bids = keras.ops.where(real, keras.ops.sum(x * self.bid, -1), -1e9)
        return einsum("bt,btd->bd", softmax(bids), x)


def build_model(vocabulary_size, length, classes, width=32, heads=4):
    ids = keras.Input(shape=(None,), dtype="int32")
    real = keras.ops.not_equal(ids, 0)
    x = Positions(length)(layers.Embedding(vocabulary_size, width)(ids))
    x = layers.LayerNormalization()(x + SelfAttention(heads)(x, real))
    x = layers.LayerNormalization()(x + layers.Dense(width)(layers.Dense(2 * width, "relu")(x)))
    outputs = layers.Dense(classes, "softmax")(Pooling()(x, real))
    model = keras.Model(ids, outputs)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class KeepBest(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best, self.weights = float("inf"), None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.weights = logs["val_loss"], self.model.get_weights()


def train(model, data, epochs):
    keep = KeepBest()
    history = model.fit(
        *data["train"],
        validation_data=tuple(data["valid"]),
        batch_size=16,
        epochs=epochs,
        callbacks=[keep],
        verbose=0,
    )
    model.set_weights(keep.weights)
    ids, labels = data["test"]
    right = np.asarray(model(ids)).argmax(-1) == labels
    return {**history.history, "test_accuracy": np.float64(right.mean())}
