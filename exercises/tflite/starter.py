"""One Keras model as four LiteRT files. See task.en.md or task.zh.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

KINDS = ("float32", "float16", "dynamic", "int8")


def convert(model: keras.Model, kind: str, samples: np.ndarray) -> bytes:
    """Convert the given model; return the content of a .tflite file.

    kind: one of KINDS
    samples: (n, …) float32, typical inputs; only "int8" needs them
    """
    # TODO: int8 means int8 inside, at the input and at the output.
    raise NotImplementedError


def predict(flat: bytes, rows: np.ndarray) -> np.ndarray:
    """Run a .tflite file of any of the four kinds.

    rows: (n, …) float32
    returns: (n, classes) float32
    """
    # TODO: an int8 model takes round(real / scale) + zero_point, and answers in such numbers.
    raise NotImplementedError


def compare(
    model: keras.Model, samples: np.ndarray, rows: np.ndarray, labels: np.ndarray
) -> dict[str, dict[str, Any]]:
    """Measure the model and its four conversions on the same rows.

    samples: (n, …), to calibrate with; rows: (m, …), labels: (m,), to measure with
    returns: {"original": {"accuracy": …}, "float32": {"accuracy": …, "bytes": …}, …}
    """
    # TODO
    raise NotImplementedError


def latency(call: Callable[[], object], warmup: int, repeats: int) -> dict[str, float]:
    """Time `call()`; return {"p50": …, "p95": …, "p99": …} in milliseconds."""
    # TODO: the first `warmup` calls do not count.
    raise NotImplementedError
