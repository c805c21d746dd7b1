"""Runs beside a solution: makes a small model, lets it be converted, looks into the files."""

from __future__ import annotations

import time

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

_MODELS = {}
_FILES = {}


def converted(solution, weights, sides, samples, kind):
    """Return the size of a file, and how its input and its largest tensor are stored."""
    flat = _file(solution, weights, sides, samples, kind)
    interpreter = _opened(flat)
    source, tensors = interpreter.get_input_details()[0], interpreter.get_tensor_details()
    largest = max(tensors, key=lambda one: np.prod(one["shape"]))
    return {
        "bytes": len(flat),
        "input": np.dtype(source["dtype"]).name,
        "steps": [float(source["quantization"][0]), int(source["quantization"][1])],
        "weights": np.dtype(largest["dtype"]).name,
        "floats": sum(np.dtype(one["dtype"]).kind == "f" for one in tensors),
    }


def outputs(solution, weights, sides, samples, rows):
    """Return what the float32 file answers, run here."""
    return _run(_file(solution, weights, sides, samples, "float32"), rows)


def compared(solution, weights, sides, samples, rows, labels):
    """Return what `compare` says of the float32 file."""
    flat = _file(solution, weights, sides, samples, "float32")
    return dict(solution.compare(_model(weights, sides), flat, rows, labels))


def predicted(solution, weights, sides, samples, codes):
    """Return what `predict` says of rows that the int8 file can hold, what it should, and one step."""
    flat = _file(solution, weights, sides, samples, "int8")
    scale, zero_point = _opened(flat).get_input_details()[0]["quantization"]
    rows = ((codes - zero_point) * scale).astype("float32")
    step = float(_opened(flat).get_output_details()[0]["quantization"][0])
    return solution.predict(flat, rows), _run(flat, rows), step


def timed(solution, pauses, warmup, repeats):
    """Let `latency` time calls that take these seconds; return what it says and what they took, ms."""
    took = []

    def call():
        started = time.perf_counter()
        time.sleep(pauses[min(len(took), len(pauses) - 1)])
        took.append(1000 * (time.perf_counter() - started))

    return float(solution.latency(call, warmup, repeats) + 0.0), took


def _model(weights, sides):
    key = weights[0].tobytes()
    if key not in _MODELS:
        layers = [keras.Input(tuple(sides)), keras.layers.Flatten()]
        layers += [keras.layers.Dense(weights[0].shape[1], activation="relu")]
        layers += [keras.layers.Dropout(0.5)]
        layers += [keras.layers.Dense(weights[2].shape[1])]
        _MODELS[key] = keras.Sequential(layers)
        _MODELS[key].set_weights(weights)
    return _MODELS[key]


def _file(solution, weights, sides, samples, kind):
    key = weights[0].tobytes(), kind
    if key not in _FILES:
        flat = solution.convert(_model(weights, sides), kind, samples)
        if not isinstance(flat, bytes | bytearray):
            raise TypeError(f'convert(model, "{kind}", samples) returned {type(flat).__name__}')
        _FILES[key] = bytes(flat)
    return _FILES[key]


def _run(flat, rows):
    """Return real outputs of a file for real rows."""
    interpreter = _opened(flat)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    found = []
    for row in rows:
        given = row[np.newaxis]
        if source["dtype"] == np.int8:
            scale, zero_point = source["quantization"]
            given = np.clip(np.round(given / scale) + zero_point, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], given)
        interpreter.invoke()
        stored = interpreter.get_tensor(target["index"])
        if target["dtype"] == np.int8:
            scale, zero_point = target["quantization"]
            stored = (stored.astype("float64") - zero_point) * scale
        found.append(stored)
    return np.concatenate(found).astype("float32")


def _opened(flat):
    # Without the default delegate, which adds tensors of its own.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return Interpreter(model_content=flat, experimental_op_resolver_type=plain)
