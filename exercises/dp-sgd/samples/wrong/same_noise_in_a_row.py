"""Draws the noise for one row and adds it to all.

fails: test_noise_is_fresh_everywhere
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn, optim
from torch.func import functional_call, grad, vmap
from torch.nn.modules.batchnorm import _BatchNorm

Loss = Callable[[Tensor, Tensor], Tensor]


def per_sample_gradients(
    model: nn.Module, loss_fn: Loss, x: Tensor, y: Tensor
) -> dict[str, Tensor]:
    """Return the gradient of each record's own loss by parameter name, (batch, *shape) each."""
    if any(isinstance(module, _BatchNorm) for module in model.modules()):
        raise ValueError("BatchNorm mixes the records of a batch: use GroupNorm or LayerNorm")
    parameters = {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}

    def loss(values: dict[str, Tensor], record: Tensor, target: Tensor) -> Tensor:
        output = functional_call(model, values, (record.unsqueeze(0),))  # a batch of one
        return loss_fn(output, target.unsqueeze(0))

    each = vmap(grad(loss), in_dims=(None, 0, 0), randomness="different")
    return each(parameters, x, y)


def clipped_sum(gradients: dict[str, Tensor], max_norm: float) -> dict[str, Tensor]:
    """Sum over the records, of which each adds at most `max_norm` to the L2 norm of the whole."""
    squares = [g.unsqueeze(-1).flatten(1).square().sum(1) for g in gradients.values()]
    norms = torch.stack(squares).sum(0).sqrt()  # (batch,): over all parameters of a record
    sound = norms.isfinite()  # a record that is infinite or NaN would show in every sum
    factors = (max_norm / norms[sound]).clamp(max=1.0)  # a norm of 0 gives inf, so 1
    return {name: torch.einsum("b...,b->...", g[sound], factors) for name, g in gradients.items()}


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
        noise = torch.randn(total.shape[-1:], generator=generator).expand(total.shape)
        noisy[name] = (total + sigma * max_norm * noise.to(total)) / expected_batch
    return noisy


def poisson_sample(n: int, q: float, generator: torch.Generator | None = None) -> Tensor:
    """Return the indices of a batch, (size,) int64: each of n records with probability q."""
    return (torch.rand(n, generator=generator) < q).nonzero().flatten()


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
