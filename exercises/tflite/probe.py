"""Runs beside a solution: builds the models to convert, and looks into the files that it makes."""

from __future__ import annotations

import inspect
import time

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

_MODELS = {}
_FILES = {}


def inside(solution, weights, sides, samples, kind):
    """Return the size of a converted file, its dtypes and shapes, and how its ends are quantised."""
    flat = _converted(solution, weights, sides, samples, kind)
    return {"bytes": len(flat), **facts(solution, flat)}


def outputs(solution, weights, sides, samples, kind, stored):
    """Return what a converted file answers to each row of `stored`, as it stands in the file."""
    interpreter = _opened(_converted(solution, weights, sides, samples, kind))
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    found = []
    for row in stored:
        interpreter.set_tensor(source["index"], row[np.newaxis])
        interpreter.invoke()
        found.append(interpreter.get_tensor(target["index"]))
    return np.concatenate(found)


def compared(solution, weights, sides, samples, rows, labels):
    """Return what `compare` reports of a model."""
    model, own = given(weights, sides), solution.convert

    def convert(*args, **kwargs):
        """Give the file that was made of this model before: making it takes half a second."""
        asked = list(inspect.signature(own).bind(*args, **kwargs).arguments.values())
        if len(asked) == 3 and asked[0] is model and np.array_equal(asked[2], samples):
            return _converted(solution, weights, sides, samples, asked[1], own)
        return own(*args, **kwargs)

    solution.convert = convert
    try:
        report = solution.compare(model, samples, rows, labels)
    finally:
        solution.convert = own
    return {name: dict(entry) for name, entry in report.items()}


def facts(solution, flat):
    """Return the dtypes and shapes in a file, and how its input and output are quantised."""
    interpreter = _opened(flat)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    tensors = interpreter.get_tensor_details()
    # float16 weights have a float32 twin of the same shape, which exists while the model runs only.
    largest = max(
        tensors, key=lambda one: (np.prod(one["shape"]), -np.dtype(one["dtype"]).itemsize)
    )
    return {
        "input": np.dtype(source["dtype"]).name,
        "output": np.dtype(target["dtype"]).name,
        "weights": np.dtype(largest["dtype"]).name,
        "dtypes": sorted({np.dtype(tensor["dtype"]).name for tensor in tensors}),
        "shape": [int(side) for side in source["shape_signature"]],
        "input_steps": [float(source["quantization"][0]), int(source["quantization"][1])],
        "output_steps": [float(target["quantization"][0]), int(target["quantization"][1])],
    }


def linear_file(solution, gain, shift, samples, kind):
    """Return a file of the model gain * x + shift, converted by the solution."""
    size = samples.shape[1]
    if (gain, shift) not in _MODELS:
        model = keras.Sequential([keras.Input((size,)), keras.layers.Dense(size)])
        model.set_weights([gain * np.eye(size, dtype="float32"), np.full(size, shift, "float32")])
        _MODELS[gain, shift] = model
    return solution.convert(_MODELS[gain, shift], kind, samples)


def timed(solution, pauses, warmup, repeats):
    """Let `latency` time calls that take these seconds; return what it says and what they took."""
    took = []

    def call():
        started = time.perf_counter()
        time.sleep(pauses[min(len(took), len(pauses) - 1)])
        took.append(1000 * (time.perf_counter() - started))

    found = solution.latency(call, warmup, repeats)
    return {"took": took, **{name: found[name] for name in ("p50", "p95", "p99")}}


def given(weights, sides):
    """Return a Keras model, (n, *sides) → (n, classes), with these weights; the same for the same."""
    key = weights[0].tobytes()
    if key not in _MODELS:
        layers = [keras.Input(tuple(sides)), keras.layers.Flatten()]
        layers += [keras.layers.Dense(len(bias), activation="relu") for bias in weights[1:-1:2]]
        layers += [keras.layers.Dense(len(weights[-1]), activation="softmax")]
        _MODELS[key] = keras.Sequential(layers)
    _MODELS[key].set_weights(weights)
    return _MODELS[key]


def _converted(solution, weights, sides, samples, kind, convert=None):
    key = weights[0].tobytes(), kind
    if key not in _FILES:
        flat = (convert or solution.convert)(given(weights, sides), kind, samples)
        if not isinstance(flat, bytes | bytearray):
            raise TypeError(f'convert(model, "{kind}", samples) returned {type(flat).__name__}')
        _FILES[key] = bytes(flat)
    return _FILES[key]


def _opened(flat):
    # Without the default delegate, which adds tensors of its own.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return Interpreter(model_content=flat, experimental_op_resolver_type=plain)
