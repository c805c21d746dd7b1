"""A model behind HTTP. The task: task.en.md, task.zh.md."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn


def load_model(
    path: str, make_model: Callable[[], nn.Module], device: str | torch.device = "cpu"
) -> nn.Module:
    """Return the model with the weights of the file, on `device`, ready for inference."""
    # TODO: a checkpoint is input like any other: do not trust it
    raise NotImplementedError


def serve(
    model: nn.Module,
    features: int,
    *,
    max_batch: int,
    window: float,
    max_queue: int,
    max_bytes: int,
    timeout: float,
    port: int = 0,
) -> Any:
    """Start a server on 127.0.0.1 in the background; return an object with `port` and `stop()`."""
    # TODO: a thread that gathers rows and runs the model, a server that hands rows to it
    raise NotImplementedError


def percentile(values: Sequence[float], p: int) -> float:
    """Return the smallest of the values that at least p percent of them do not exceed."""
    # TODO
    raise NotImplementedError
