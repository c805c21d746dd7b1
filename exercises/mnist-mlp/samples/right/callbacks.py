"""A subclass of keras.Model; ModelCheckpoint keeps the best weights, a callback of its own stops."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("digits")
class Digits(keras.Model):
    def __init__(self, pixels, classes, **kwargs):
        super().__init__(**kwargs)
        self.sizes = {"pixels": pixels, "classes": classes}
        self.out = keras.layers.Dense(classes)
        self.hidden = keras.layers.Dense(128)
        self.build((None, pixels))

    def build(self, shape):
        self.hidden.build(shape)
        self.out.build((None, 128))
        self.built = True

    def call(self, rows):
        return ops.softmax(self.out(ops.relu(self.hidden(rows))))

    def get_config(self):
        return {**super().get_config(), **self.sizes}


class Patience(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.losses = patience, []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        since = len(self.losses) - 1 - int(np.argmin(self.losses))
        self.model.stop_training = since >= self.patience


def scale(images):
    return keras.layers.Rescaling(1 / 255, dtype="float32")(images.reshape(len(images), -1))


def split(images, labels, fraction, seed):
    held = int(np.ceil(len(images) * fraction))
    keys = np.random.RandomState(seed).rand(len(images))
    chosen = np.zeros(len(images), dtype=bool)
    chosen[np.argsort(keys)[:held]] = True
    return images[~chosen], labels[~chosen], images[chosen], labels[chosen]


def build_model(pixels, classes):
    model = Digits(pixels, classes)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9), keras.losses.SparseCategoricalCrossentropy()
    )
    return model


def train(model, training, validation, epochs, patience):
    with tempfile.TemporaryDirectory() as folder:
        best = str(Path(folder) / "best.weights.h5")
        keep = keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True)
        history = model.fit(
            scale(training[0]),
            training[1],
            batch_size=128,
            epochs=epochs,
            validation_data=(scale(validation[0]), validation[1]),
            callbacks=[keep, Patience(patience)],
            verbose=0,
        )
        model.load_weights(best)
    return history.history


def predict(model, images):
    return np.argmax(model.predict_on_batch(scale(images)), axis=1)


def save(model, path):
    model.save(path, overwrite=True)


def load(path):
    return keras.models.load_model(path)
