"""Takes over mode='max' from val_accuracy: a falling val_loss counts as worse.

fails: test_goes_on_while_validation_gets_better
"""

from __future__ import annotations

import keras
import numpy as np

HIDDEN = 128


def scale(images):
    """Return uint8 images (n, height, width) as float32 rows (n, height * width) from 0 to 1."""
    rows = images.reshape(len(images), -1)  # (n, height * width)
    return rows.astype("float32") / 255.0


def split(images, labels, fraction, seed):
    """Return train images, train labels, validation images, validation labels."""
    # Mix first: files are often sorted by class, and the last tenth would be one class.
    order = np.random.default_rng(seed).permutation(len(images))
    held_out = round(len(images) * fraction)
    val, train = order[:held_out], order[held_out:]
    return images[train], labels[train], images[val], labels[val]


def build_model(pixels, classes):
    """Return a compiled model: (n, pixels) → (n, classes)."""
    model = keras.Sequential(
        [
            keras.Input((pixels,)),
            keras.layers.Dense(HIDDEN, activation="relu"),  # pixels * 128 + 128 parameters
            keras.layers.Dense(classes, activation="softmax"),  # 128 * classes + classes
        ]
    )
    # Labels are integers, not one-hot rows: hence "sparse".
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, training, validation, epochs, patience):
    """Train in place, stop early, keep the best epoch's weights; return the history."""
    (images, labels), (val_images, val_labels) = training, validation
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss",
        mode="max",
        patience=patience,
        restore_best_weights=True,  # otherwise the model keeps the last, worse weights
    )
    fitted = model.fit(
        scale(images),
        labels,
        validation_data=(scale(val_images), val_labels),
        epochs=epochs,
        callbacks=[stop],
        verbose=0,
    )
    return fitted.history


def predict(model, images):
    """Return the most likely class of each uint8 image: (n,) integers."""
    return model.predict(scale(images), verbose=0).argmax(axis=-1)  # (n, classes) → (n,)


def save(model, path):
    """Write architecture, weights and optimizer into one .keras file."""
    model.save(path)


def load(path):
    """Return the model that `save` wrote, compiled."""
    return keras.models.load_model(path)
