"""A training loop and early stopping by hand; weights and sizes in a file of numpy's."""

import random
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


def scale(images):
    rows = images.astype(np.float64) / 255
    return np.stack([row.ravel() for row in rows]).astype(np.float32)


def split(images, labels, fraction, seed):
    places = list(range(len(labels)))
    random.Random(seed).shuffle(places)
    cut = len(places) - int(fraction * len(places))
    first, rest = places[:cut], places[cut:]
    return images[first], labels[first], images[rest], labels[rest]


def build_model(pixels, classes):
    model = keras.Sequential()
    model.add(keras.layers.Dense(128, keras.activations.relu))
    model.add(keras.layers.Dense(classes))
    model.add(keras.layers.Activation(keras.activations.softmax))
    model.build((None, pixels))
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    return model


def _loss(model, rows, labels, training):
    return tf.reduce_mean(
        keras.losses.sparse_categorical_crossentropy(labels, model(rows, training=training))
    )


def train(model, training, validation, epochs, patience):
    rows, labels = scale(training[0]), np.asarray(training[1])
    val_rows, val_labels = scale(validation[0]), np.asarray(validation[1])

    @tf.function
    def step(some, wanted):
        with tf.GradientTape() as tape:
            loss = _loss(model, some, wanted, True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    history, best, waited = {"loss": [], "val_loss": []}, None, 0
    for _ in range(epochs):
        order = np.random.permutation(len(rows))
        losses = [float(step(rows[p], labels[p])) for p in np.array_split(order, len(rows) // 30)]
        history["loss"].append(sum(losses) / len(losses))
        history["val_loss"].append(float(_loss(model, val_rows, val_labels, False)))
        if best is None or history["val_loss"][-1] < best[0]:
            best, waited = (history["val_loss"][-1], model.get_weights()), 0
        else:
            waited += 1
            if waited == patience:
                break
    model.set_weights(best[1])
    return history


def predict(model, images):
    classes = []
    for row in scale(images):
        classes.append(int(np.argmax(model(row[None], training=False))))
    return np.array(classes)


def save(model, path):
    with Path(path).open("wb") as file:
        np.savez(file, *model.get_weights())


def load(path):
    with np.load(path) as arrays:
        weights = [arrays[name] for name in arrays.files]
    model = build_model(weights[0].shape[0], weights[3].shape[0])
    model.set_weights(weights)
    return model
