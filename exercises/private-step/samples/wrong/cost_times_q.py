"""Multiplies the cost without sampling by q.

fails: test_sampling_is_in_the_account
"""

import math

import torch
from torch import Tensor

ORDERS = range(2, 65)


def record_gradients(weight: Tensor, bias: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of each record's cross-entropy.

    x: (batch, features), y: (batch,) → (batch, classes, features) and (batch, classes).
    """
    error = torch.softmax(x @ weight.T + bias, dim=1)
    error[torch.arange(len(y)), y] -= 1.0
    return error.unsqueeze(2) * x.unsqueeze(1), error


def clip(by_weight: Tensor, by_bias: Tensor, max_norm: float) -> tuple[Tensor, Tensor]:
    """Shorten gradients to at most `max_norm`, weight and bias together; shapes stay."""
    squares = by_weight.square().sum(dim=(1, 2)) + by_bias.square().sum(dim=1)
    factors = (max_norm / squares.sqrt()).clamp(max=1.0)  # (batch,)
    return by_weight * factors.view(-1, 1, 1), by_bias * factors.view(-1, 1)


def noisy_mean(
    clipped: Tensor, max_norm: float, sigma: float, lot: float, generator: torch.Generator
) -> Tensor:
    """(batch, *shape) → (*shape): the sum with noise, over the lot."""
    total = clipped.sum(dim=0)
    std = sigma * max_norm
    noise = std * torch.randn(total.shape, generator=generator)
    return (total + noise) / lot


def draw_lot(n: int, q: float, generator: torch.Generator) -> Tensor:
    """Return the indices of the records of one step, (size,)."""
    chosen = torch.rand(n, generator=generator) < q
    return chosen.nonzero().flatten()


def step_cost(q: float, sigma: float, order: int) -> float:
    """Return the Rényi divergence of one step at an integer order."""
    return q * order / (2 * sigma**2)


def epsilon(q: float, sigma: float, steps: int, delta: float) -> float:
    """Return the ε that so many steps have spent."""
    return min(
        steps * step_cost(q, sigma, order) + math.log(1 / delta) / (order - 1) for order in ORDERS
    )


def train(
    x: Tensor,
    y: Tensor,
    classes: int,
    q: float,
    sigma: float,
    max_norm: float,
    rate: float,
    steps: int,
    seed: int,
) -> dict[str, object]:
    """Train on all records; return weight, bias, epsilon and delta."""
    weight, bias = torch.zeros(classes, x.shape[1]), torch.zeros(classes)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = draw_lot(len(x), q, generator)
        gradients = record_gradients(weight, bias, x[rows], y[rows])
        for parameter, clipped in zip((weight, bias), clip(*gradients, max_norm), strict=True):
            parameter -= rate * noisy_mean(clipped, max_norm, sigma, q * len(x), generator)
    delta = 0.1 / len(x)
    return {
        "weight": weight,
        "bias": bias,
        "epsilon": epsilon(q, sigma, steps, delta),
        "delta": delta,
    }
