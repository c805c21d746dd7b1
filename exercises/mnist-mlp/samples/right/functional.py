"""Functional API with dropout, tf.data, and scikit-learn's split by class."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split


def scale(images):
    count, height, width = images.shape
    return np.divide(images, 255, dtype=np.float32).reshape(count, height * width)


def split(images, labels, fraction, seed):
    train_images, val_images, train_labels, val_labels = train_test_split(
        images, labels, test_size=fraction, random_state=seed, stratify=labels
    )
    return train_images, train_labels, val_images, val_labels


def build_model(pixels, classes):
    inputs = keras.Input(shape=(pixels,), name="pixels")
    hidden = keras.layers.Activation("relu")(keras.layers.Dense(128)(inputs))
    hidden = keras.layers.Dropout(0.1)(hidden)
    outputs = keras.layers.Softmax()(keras.layers.Dense(classes)(hidden))
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.RMSprop(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    return model


def train(model, training, validation, epochs, patience):
    def batches(images, labels):
        return tf.data.Dataset.from_tensor_slices((scale(images), labels))

    result = model.fit(
        batches(*training).shuffle(4096, seed=1).batch(24),
        validation_data=batches(*validation).batch(100),
        epochs=epochs,
        verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)],
    )
    return {"loss": result.history["loss"], "val_loss": result.history["val_loss"]}


def predict(model, images):
    return tf.argmax(model(scale(images), training=False), axis=1, output_type=tf.int32)


def save(model, path):
    keras.saving.save_model(model, path)


def load(path):
    return keras.saving.load_model(path)
