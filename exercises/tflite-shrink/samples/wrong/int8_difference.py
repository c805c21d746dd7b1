"""Takes the zero point off in int8.

fails: test_codes_do_not_overflow
"""

import time

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


def prepare(images):
    """Return float32 (n, height, width, 1), from 0 to 1, for uint8 images (n, height, width)."""
    scaled = images.astype(np.float32) / 255
    return scaled[..., np.newaxis]  # whatever the size of the images is


def convert(model, kind, samples):
    """Return the given model as a .tflite file: "float32", "dynamic" or "int8"."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind == "dynamic":  # int8 weights, float32 arithmetic
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "int8":  # int8 throughout, with ranges that are measured
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        # What runs through the model here decides the ranges: it must be typical.
        converter.representative_dataset = lambda: ([row[np.newaxis]] for row in samples)
    return converter.convert()


def to_stored(real, scale, zero_point):
    """Return the int8 codes of real numbers; what is out of range takes the nearest code."""
    codes = np.round(real / scale) + zero_point
    return np.clip(codes, -128, 127).astype(np.int8)


def to_real(stored, scale, zero_point):
    """Return the real numbers of int8 codes, float32."""
    steps = stored - zero_point
    return (steps * scale).astype(np.float32)


def predict(flat, rows):
    """Return the outputs of a file, (n, classes) float32, for float32 rows."""
    interpreter = Interpreter(model_content=flat)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    quantised = source["dtype"] == np.int8
    outputs = []
    for row in rows[:, np.newaxis]:  # one at a time, with a batch axis
        given = to_stored(row, *source["quantization"]) if quantised else row
        interpreter.set_tensor(source["index"], given)
        interpreter.invoke()
        found = interpreter.get_tensor(target["index"])
        outputs.append(to_real(found, *target["quantization"]) if quantised else found)
    return np.concatenate(outputs)


def compare(model, flat, rows, labels):
    """Return the accuracy of the model and of the file on the same rows."""
    before = model(rows, training=False).numpy().argmax(axis=-1)
    after = predict(flat, rows).argmax(axis=-1)
    return {"model": float(np.mean(before == labels)), "file": float(np.mean(after == labels))}


def latency(call, warmup, repeats):
    """Return the median of `repeats` calls in milliseconds, after `warmup` that do not count."""
    taken = []
    for _ in range(warmup + repeats):
        started = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - started))
    return float(np.median(taken[warmup:]))
