"""Feeds all rows at once, with a resized input; expands dims; a generator calibrates."""

import time

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


def prepare(images):
    """Return float32 (n, height, width, 1), from 0 to 1, for uint8 images (n, height, width)."""
    return np.expand_dims(np.divide(images, 255.0, dtype=np.float32), -1)


def convert(model, kind, samples):
    """Return the given model as a .tflite file: "float32", "dynamic" or "int8"."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind == "dynamic":  # int8 weights, float32 arithmetic
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "int8":  # int8 throughout, with ranges that are measured
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8

        def typical():
            for place in range(len(samples)):
                yield [samples[place : place + 1]]

        converter.representative_dataset = typical
    return converter.convert()


def to_stored(real, scale, zero_point):
    """Return the int8 codes of real numbers; what is out of range takes the nearest code."""
    codes = np.rint(np.asarray(real, np.float64) / scale + zero_point)
    return np.minimum(np.maximum(codes, -128), 127).astype("int8")


def to_real(stored, scale, zero_point):
    """Return the real numbers of int8 codes, float32."""
    return np.float32(scale) * (stored.astype(np.float32) - np.float32(zero_point))


def predict(flat, rows):
    """Return the outputs of a file, (n, classes) float32, for float32 rows."""
    interpreter = Interpreter(model_content=flat)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    interpreter.resize_tensor_input(source["index"], rows.shape)
    interpreter.allocate_tensors()
    quantised = source["dtype"] == np.int8
    interpreter.set_tensor(
        source["index"], to_stored(rows, *source["quantization"]) if quantised else rows
    )
    interpreter.invoke()
    found = interpreter.get_tensor(target["index"])
    return to_real(found, *target["quantization"]) if quantised else found


def compare(model, flat, rows, labels):
    """Return the accuracy of the model and of the file on the same rows."""
    before = model(rows, training=False).numpy().argmax(axis=-1)
    after = predict(flat, rows).argmax(axis=-1)
    return {"model": float(np.mean(before == labels)), "file": float(np.mean(after == labels))}


def latency(call, warmup, repeats):
    """Return the median of `repeats` calls in milliseconds, after `warmup` that do not count."""
    for _ in range(warmup):
        call()
    marks = [time.perf_counter_ns()]
    for _ in range(repeats):
        call()
        marks.append(time.perf_counter_ns())
    return np.median(np.diff(marks)) / 1e6
