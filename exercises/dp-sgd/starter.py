"""DP-SGD by hand. The task: task.en.md, task.zh.md."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn, optim

Loss = Callable[[Tensor, Tensor], Tensor]


def per_sample_gradients(
    model: nn.Module, loss_fn: Loss, x: Tensor, y: Tensor
) -> dict[str, Tensor]:
    """Return the gradient of each record's own loss by parameter name, (batch, *shape) each.

    x: (batch, …), y: (batch, …); `loss_fn(model(x), y)` is the mean over a batch.
    Raises ValueError for a model with BatchNorm.
    """
    # TODO: trainable parameters only
    raise NotImplementedError


def clipped_sum(gradients: dict[str, Tensor], max_norm: float) -> dict[str, Tensor]:
    """Sum over the records, of which each adds at most `max_norm` to the L2 norm of the whole.

    gradients: (batch, *shape) by name; returns (*shape) by name.
    """
    # TODO: one norm for each record, over all parameters together
    raise NotImplementedError


def noisy_mean(
    sums: dict[str, Tensor],
    max_norm: float,
    sigma: float,
    expected_batch: float,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    """Return (sum + noise) / expected_batch by name."""
    # TODO: which std has the noise on the sum?
    raise NotImplementedError


def poisson_sample(n: int, q: float, generator: torch.Generator | None = None) -> Tensor:
    """Return the indices of a batch, (size,) int64: each of n records with probability q."""
    # TODO
    raise NotImplementedError


def private_step(
    model: nn.Module,
    optimizer: optim.Optimizer,
    loss_fn: Loss,
    x: Tensor,
    y: Tensor,
    max_norm: float,
    sigma: float,
    expected_batch: float,
    generator: torch.Generator | None = None,
) -> None:
    """Update the model once with the noisy mean of clipped gradients."""
    # TODO: put the functions above together
    raise NotImplementedError


def rdp(q: float, sigma: float, order: int) -> float:
    """Return the Rényi divergence that one step costs at an integer order of 2 or more."""
    # TODO: a sum over k = 0 … order, in logarithms
    raise NotImplementedError


def epsilon(
    q: float, sigma: float, steps: int, delta: float, orders: Iterable[int] = range(2, 129)
) -> float:
    """Return the ε of (ε, δ)-differential privacy after `steps` steps, by the best of the orders."""
    # TODO
    raise NotImplementedError
