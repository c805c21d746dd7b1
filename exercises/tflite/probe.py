"""Runs beside a solution: builds the model that is given, and looks into converted files."""

from __future__ import annotations

import time

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

_NAMES = ("float32", "float16", "dynamic", "int8")


def converted(solution, weights, sides, samples):
    """Return the four files, as bytes, that the solution makes of one model."""
    model = given(weights, sides)
    return {kind: bytes(solution.convert(model, kind, samples)) for kind in _NAMES}


def compared(solution, weights, sides, samples, rows, labels):
    """Return what `compare` reports of a model."""
    report = solution.compare(given(weights, sides), samples, rows, labels)
    return {name: dict(entry) for name, entry in report.items()}


def inside(solution, flat):
    """Return the dtypes and shapes in a file, and how its input is quantised."""
    # Without the default delegate, which adds tensors of its own.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=flat, experimental_op_resolver_type=plain)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    tensors = interpreter.get_tensor_details()
    largest = max(tensors, key=lambda tensor: int(np.prod(tensor["shape"])))
    return {
        "input": np.dtype(source["dtype"]).name,
        "output": np.dtype(target["dtype"]).name,
        "weights": np.dtype(largest["dtype"]).name,
        "dtypes": sorted({np.dtype(tensor["dtype"]).name for tensor in tensors}),
        "shape": [int(side) for side in source["shape_signature"]],
        "scale": float(source["quantization"][0]),
        "zero_point": int(source["quantization"][1]),
    }


def mirror_file(solution, samples):
    """Return an int8 file of a model whose output is its input."""
    size = samples.shape[1]
    model = keras.Sequential([keras.Input((size,)), keras.layers.Dense(size, use_bias=False)])
    model.set_weights([np.eye(size, dtype="float32")])
    return bytes(solution.convert(model, "int8", samples))


def timed(solution, pauses, warmup, repeats):
    """Return what `latency` says of calls that take these seconds, and how many it made."""
    made = []

    def call():
        made.append(None)
        time.sleep(pauses[min(len(made), len(pauses)) - 1])

    found = solution.latency(call, warmup, repeats)
    return {"calls": len(made), **{name: float(found[name]) for name in ("p50", "p95", "p99")}}


def given(weights, sides):
    """Return a Keras model, (n, *sides) → (n, classes), with these weights."""
    layers = [keras.Input(tuple(sides)), keras.layers.Flatten()]
    layers += [keras.layers.Dense(len(bias), activation="relu") for bias in weights[1:-1:2]]
    layers += [keras.layers.Dense(len(weights[-1]), activation="softmax")]
    model = keras.Sequential(layers)
    model.set_weights(weights)
    return model
