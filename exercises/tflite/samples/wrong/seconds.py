"""Tells seconds where milliseconds were asked for.

fails: test_latency_is_percentiles
"""

from __future__ import annotations

import time

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

KINDS = ("float32", "float16", "dynamic", "int8")


def convert(model, kind, samples):
    """Return `model` as the bytes of a .tflite file; `samples` (n, …) are typical inputs."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]  # alone: dynamic range
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        # The ranges of all activations are measured while these run through the model.
        converter.representative_dataset = lambda: ([row[np.newaxis]] for row in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
    return converter.convert()


def predict(flat, rows):
    """Return float32 outputs (n, classes) for float32 inputs (n, …)."""
    interpreter = Interpreter(model_content=flat)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    interpreter.allocate_tensors()
    outputs = []
    for row in rows:  # one at a time, as on a phone; resize_tensor_input would take them together
        interpreter.set_tensor(source["index"], _to_stored(row[np.newaxis], source))
        interpreter.invoke()
        outputs.append(_to_real(interpreter.get_tensor(target["index"]), target))
    return np.concatenate(outputs)  # (n, classes)


def _to_stored(real, details):
    if details["dtype"] == np.float32:
        return real.astype(np.float32)
    scale, zero_point = details["quantization"]
    stored = np.round(real / scale) + zero_point
    limits = np.iinfo(details["dtype"])
    # What lies outside the calibrated range saturates; a bare cast would wrap around.
    return np.clip(stored, limits.min, limits.max).astype(details["dtype"])


def _to_real(stored, details):
    if details["dtype"] == np.float32:
        return stored
    scale, zero_point = details["quantization"]
    return ((stored.astype(np.float32) - zero_point) * scale).astype(np.float32)


def compare(model, samples, rows, labels):
    """Return accuracy, and size in bytes, of the model and of its four conversions."""
    outputs = model(rows, training=False).numpy()  # (n, classes)
    report = {"original": {"accuracy": _accuracy(outputs, labels)}}
    for kind in KINDS:
        flat = convert(model, kind, samples)
        report[kind] = {"accuracy": _accuracy(predict(flat, rows), labels), "bytes": len(flat)}
    return report


def _accuracy(outputs, labels):
    return float((outputs.argmax(axis=-1) == labels).mean())


def latency(call, warmup, repeats):
    """Return percentiles of the milliseconds that `call()` takes, without the first calls."""
    for _ in range(warmup):
        call()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    p50, p95, p99 = np.percentile(taken, (50, 95, 99))
    return {"p50": float(p50), "p95": float(p95), "p99": float(p99)}
