"""Settings as data; runs a file through its signature; times with timeit."""

import statistics
import timeit

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

SETTINGS = {
    "float32": {},
    "float16": {"optimize": True, "types": [tf.float16]},
    "dynamic": {"optimize": True},
    "int8": {"optimize": True, "io": tf.int8, "ops": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]},
}


def convert(model, kind, samples):
    wanted = SETTINGS[kind]
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if wanted.get("optimize"):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = wanted.get("types", [])
    if "io" in wanted:
        data = tf.data.Dataset.from_tensor_slices(samples).batch(1)
        converter.representative_dataset = lambda: ([batch] for batch in data)
        converter.target_spec.supported_ops = wanted["ops"]
        converter.inference_input_type = wanted["io"]
        converter.inference_output_type = wanted["io"]
    return converter.convert()


def _real(array, details):
    parameters = details["quantization_parameters"]
    if not len(parameters["scales"]):
        return array
    steps = array.astype("int32") - parameters["zero_points"][0]
    return steps.astype("float32") * parameters["scales"][0]


def _stored(array, details):
    parameters = details["quantization_parameters"]
    if not len(parameters["scales"]):
        return array
    steps = np.rint(array / parameters["scales"][0] + parameters["zero_points"][0])
    return steps.clip(-128, 127).astype("int8")


def predict(flat, rows):
    run = Interpreter(model_content=flat).get_signature_runner()
    ((name, source),) = run.get_input_details().items()
    ((result, target),) = run.get_output_details().items()
    return _real(run(**{name: _stored(rows, source)})[result], target)


def compare(model, samples, rows, labels):
    files = {kind: convert(model, kind, samples) for kind in SETTINGS}
    outputs = {"original": np.asarray(model(rows))}
    outputs.update({kind: predict(flat, rows) for kind, flat in files.items()})
    report = {kind: {"accuracy": np.mean(o.argmax(1) == labels)} for kind, o in outputs.items()}
    for kind, flat in files.items():
        report[kind]["bytes"] = len(flat)
    return report


def latency(call, warmup, repeats):
    timeit.timeit(call, number=warmup)
    times = [1000 * seconds for seconds in timeit.repeat(call, number=1, repeat=repeats)]
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}
