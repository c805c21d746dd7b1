"""Converts an exported SavedModel; feeds one row after the other; times in nanoseconds."""

import math
import tempfile
from time import perf_counter_ns

import ai_edge_litert.interpreter as litert
import numpy as np
import tensorflow as tf


def convert(model, kind, samples):
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if kind == "float16":
            converter.optimizations = {tf.lite.Optimize.DEFAULT}
            converter.target_spec.supported_types = {tf.float16}
        elif kind == "dynamic":
            converter.optimizations = [tf.lite.Optimize.OPTIMIZE_FOR_SIZE]
        elif kind == "int8":

            def typical():
                for at in range(0, len(samples), 10):
                    yield [samples[at : at + 10].astype(np.float32)]

            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = typical
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
        return converter.convert()


def predict(flat, rows):
    model = litert.Interpreter(model_content=flat)
    model.allocate_tensors()
    (source,), (target,) = model.get_input_details(), model.get_output_details()
    results = []
    for row in np.asarray(rows, dtype=np.float64):
        if source["dtype"] is np.int8:
            scale, zero = source["quantization"]
            row = np.minimum(127, np.maximum(-128, np.floor(row / scale + zero + 0.5)))
        model.set_tensor(source["index"], row[None].astype(source["dtype"]))
        model.invoke()
        result = model.get_tensor(target["index"])[0]
        if target["dtype"] is np.int8:
            scale, zero = target["quantization"]
            result = np.float32(scale) * (result.astype(np.int32) - zero)
        results.append(result.astype(np.float32))
    return np.array(results)


def compare(model, samples, rows, labels):
    def share(outputs):
        return sum(int(np.argmax(o)) == int(label) for o, label in zip(outputs, labels)) / len(
            labels
        )

    result = {"original": {"accuracy": share(model.predict(rows, verbose=0)), "bytes": None}}
    for kind in ["int8", "dynamic", "float16", "float32"]:
        flat = convert(model, kind, samples)
        result[kind] = dict(bytes=len(flat), accuracy=share(predict(flat, rows)))
    return result


def latency(call, warmup, repeats):
    times = []
    for number in range(warmup + repeats):
        start = perf_counter_ns()
        call()
        if number >= warmup:
            times.append((perf_counter_ns() - start) / 1e6)
    times.sort()
    return {f"p{p}": times[math.ceil(len(times) * p / 100) - 1] for p in (50, 95, 99)}
