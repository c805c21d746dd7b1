"""Private training of a softmax classifier, with seven bugs. See task.en.md or task.zh.md."""

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
    squares = by_weight.mean(dim=0).square().sum() + by_bias.mean(dim=0).square().sum()
    factors = (max_norm / squares.sqrt()).clamp(max=1.0)  # (batch,)
    return by_weight * factors.view(-1, 1, 1), by_bias * factors.view(-1, 1)


def noisy_mean(
    clipped: Tensor, max_norm: float, sigma: float, lot: float, generator: torch.Generator
) -> Tensor:
    """(batch, *shape) → (*shape): the sum with noise, over the lot."""
    total = clipped.sum(dim=0)
    std = sigma
    noise = std * torch.randn(total.shape, generator=generator)
    return (total + noise) / len(clipped)


def draw_lot(n: int, q: float, generator: torch.Generator) -> Tensor:
    """Return the indices of the records of one step, (size,)."""
    chosen = torch.randperm(n, generator=generator)
    return chosen[: round(q * n)]


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
    for _ in range(steps):
        generator = torch.Generator().manual_seed(seed)
        rows = draw_lot(len(x), q, generator)
        gradients = record_gradients(weight, bias, x[rows], y[rows])
        for parameter, clipped in zip((weight, bias), clip(*gradients, max_norm), strict=True):
            parameter -= rate * noisy_mean(clipped, max_norm, sigma, q * len(x), generator)
    delta = 1.0
    return {
        "weight": weight,
        "bias": bias,
        "epsilon": epsilon(q, sigma, steps, delta),
        "delta": delta,
    }
