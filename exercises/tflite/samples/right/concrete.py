"""Converts a concrete function; resizes the input to all rows; percentiles by hand."""

import time
from functools import partial

import numpy as np
import tensorflow as tf


def _converter(model, shape):
    function = tf.function(lambda rows: model(rows, training=False))
    traced = function.get_concrete_function(tf.TensorSpec((None, *shape), tf.float32, name="rows"))
    return tf.lite.TFLiteConverter.from_concrete_functions([traced])


def convert(model, kind, samples):
    converter = _converter(model, samples.shape[1:])
    if kind == "float32":
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        batches = np.array_split(samples, max(1, len(samples) // 16))
        converter.representative_dataset = lambda: iter([[batch] for batch in batches])
        converter.target_spec.supported_types = [tf.int8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def predict(flat, rows):
    interpreter = tf.lite.Interpreter(model_content=flat)
    source = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(source["index"], rows.shape)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero_point = source["quantization"]
    if scale:
        limits = np.iinfo(source["dtype"])
        rows = np.clip(np.rint(rows / scale + zero_point), limits.min, limits.max)
    interpreter.set_tensor(source["index"], rows.astype(source["dtype"]))
    interpreter.invoke()
    found = interpreter.get_tensor(target["index"])
    scale, zero_point = target["quantization"]
    if scale:
        found = (found.astype("float64") - zero_point) * scale
    return found.astype("float32")


def compare(model, samples, rows, labels):
    def accuracy(run):
        right = tf.keras.metrics.SparseCategoricalAccuracy()
        right.update_state(labels, run(rows))
        return float(right.result())

    report = {"original": {"accuracy": accuracy(model.predict_on_batch)}}
    for kind in ("float32", "float16", "dynamic", "int8"):
        flat = convert(model=model, kind=kind, samples=samples)
        report[kind] = {"accuracy": accuracy(partial(predict, flat)), "bytes": len(flat)}
    return report


def latency(call, warmup, repeats):
    taken = np.empty(warmup + repeats)
    for number in range(len(taken)):
        start = time.monotonic()
        call()
        taken[number] = time.monotonic() - start
    taken = np.sort(taken[warmup:]) * 1e3
    return {f"p{p}": taken[min(repeats - 1, int(repeats * p / 100))] for p in (50, 95, 99)}
