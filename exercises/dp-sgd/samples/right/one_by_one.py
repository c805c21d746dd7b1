"""Loops over the records, in double precision, with plain lists."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn, optim
from torch.nn.modules.batchnorm import _BatchNorm

Loss = Callable[[Tensor, Tensor], Tensor]


def per_sample_gradients(
    model: nn.Module, loss_fn: Loss, x: Tensor, y: Tensor
) -> dict[str, Tensor]:
    """Return the gradient of each record's own loss by parameter name, (batch, *shape) each."""
    if any(isinstance(module, _BatchNorm) for module in model.modules()):
        raise ValueError("BatchNorm mixes the records of a batch: use GroupNorm or LayerNorm")
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    rows: dict[str, list[Tensor]] = {name: [] for name in parameters}
    for record, target in zip(x.split(1), y.split(1), strict=True) if len(x) else ():
        loss = loss_fn(model(record), target)
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        for name, gradient in zip(parameters, gradients, strict=True):
            rows[name].append(gradient)
    return {
        name: torch.stack(found)
        if found
        else parameters[name].new_zeros(0, *parameters[name].shape)
        for name, found in rows.items()
    }


def clipped_sum(gradients: dict[str, Tensor], max_norm: float) -> dict[str, Tensor]:
    """Sum over the records, of which each adds at most `max_norm` to the L2 norm of the whole."""
    sums = {name: torch.zeros_like(g[:1]).sum(0) for name, g in gradients.items()}
    for place in range(len(next(iter(gradients.values())))):
        record = {name: g[place].double() for name, g in gradients.items()}
        norm = sum(float(part.pow(2).sum()) for part in record.values()) ** 0.5
        if not math.isfinite(norm):
            continue
        factor = 1.0 if norm <= max_norm else max_norm / norm
        for name, part in record.items():
            sums[name] += (part * factor).to(sums[name].dtype)
    return sums


def noisy_mean(
    sums: dict[str, Tensor],
    max_norm: float,
    sigma: float,
    expected_batch: float,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    """Return (sum + noise) / expected_batch; the noise is as large as what one record may add."""
    noisy = {}
    for name, total in sums.items():
        noise = torch.normal(0.0, sigma * max_norm, total.shape, generator=generator)
        noisy[name] = total / expected_batch + noise.to(total) / expected_batch
    return noisy


def poisson_sample(n: int, q: float, generator: torch.Generator | None = None) -> Tensor:
    """Return the indices of a batch, (size,) int64: each of n records with probability q."""
    return torch.tensor(
        [i for i, u in enumerate(torch.rand(n, generator=generator).tolist()) if u < q],
        dtype=torch.int64,
    )


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
    """Update the model once. The loss of the batch is not private, so it is not returned."""
    gradients = per_sample_gradients(model, loss_fn, x, y)
    sums = clipped_sum(gradients, max_norm)
    update = noisy_mean(sums, max_norm, sigma, expected_batch, generator)
    for name, parameter in model.named_parameters():
        if name in update:
            parameter.grad = update[name]
    optimizer.step()


def rdp(q: float, sigma: float, order: int) -> float:
    """Return the Rényi divergence that one step costs at an integer order of 2 or more."""
    if q == 1:
        return order / (2 * sigma**2)
    # The logarithm of the mean of (density with the record / density without it) ** order
    terms = [
        math.log(math.comb(order, k))
        + k * math.log(q)
        + (order - k) * math.log1p(-q)
        + k * (k - 1) / (2 * sigma**2)
        for k in range(order + 1)
    ]
    largest = max(terms)
    return (largest + math.log(sum(math.exp(t - largest) for t in terms))) / (order - 1)


def epsilon(
    q: float, sigma: float, steps: int, delta: float, orders: Iterable[int] = range(2, 129)
) -> float:
    """Return the ε of (ε, δ)-differential privacy after `steps` steps, by the best of the orders."""
    if not 0 < delta < 1:
        raise ValueError("delta must lie between 0 and 1")
    return min(
        steps * rdp(q, sigma, order)
        + math.log((order - 1) / order)
        - math.log(delta * order) / (order - 1)
        for order in orders
    )
