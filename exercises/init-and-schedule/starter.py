"""Initialisation, schedule, smoothing, decay. The task: task.en.md, task.zh.md."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return fan_in and fan_out of a weight of shape (out, in, *kernel)."""
    # TODO
    raise NotImplementedError


def kaiming_normal_(w: Tensor, slope: float = 0.0, mode: str = "fan_in") -> Tensor:
    """Fill w in place from N(0, gain²/fan), with the gain of a leaky ReLU; return it."""
    # TODO
    raise NotImplementedError


def xavier_uniform_(w: Tensor, gain: float = 1.0) -> Tensor:
    """Fill w in place from U(−b, b) with variance 2·gain²/(fan_in + fan_out); return it."""
    # TODO
    raise NotImplementedError


def relu_mlp(width: int, depth: int) -> nn.Sequential:
    """Return `depth` times linear and ReLU, whose activations keep their second moment."""
    # TODO
    raise NotImplementedError


def learning_rate(step: int, total: int, warmup: int, peak: float, floor: float = 0.0) -> float:
    """Return the rate of step 0…total − 1: linear up to `peak`, then half a cosine to `floor`."""
    # TODO
    raise NotImplementedError


def smoothed_cross_entropy(logits: Tensor, targets: Tensor, smoothing: float = 0.1) -> Tensor:
    """Return the mean cross-entropy with smoothed targets: ().

    logits: (batch, classes); targets: (batch,) int64.
    """
    # TODO
    raise NotImplementedError


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Return two groups for an optimizer: what decays, and what does not."""
    # TODO
    raise NotImplementedError


def adamw_step(
    p: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> None:
    """Update the tensor p in place; `state` is a dict, empty before the first step."""
    # TODO
    raise NotImplementedError
