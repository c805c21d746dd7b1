"""Counts the cosine from step 0.

fails: test_cosine_falls_to_the_floor
"""

import math

import torch
from torch import Tensor, nn


def fans(shape):
    """Return fan_in and fan_out of a weight of shape (out, in, *kernel)."""
    field = math.prod(shape[2:])  # positions of the kernel; 1 for a linear layer
    return shape[1] * field, shape[0] * field


def kaiming_normal_(w: Tensor, slope=0.0, mode="fan_in") -> Tensor:
    """Fill w in place from N(0, gain²/fan), with the gain of a leaky ReLU; return it."""
    fan = fans(w.shape)[0 if mode == "fan_in" else 1]
    gain = math.sqrt(2 / (1 + slope**2))
    with torch.no_grad():
        return w.normal_(0, gain / math.sqrt(fan))


def xavier_uniform_(w: Tensor, gain=1.0) -> Tensor:
    """Fill w in place from U(−b, b) with variance 2·gain²/(fan_in + fan_out); return it."""
    bound = gain * math.sqrt(6 / sum(fans(w.shape)))  # the variance of U(−b, b) is b²/3
    with torch.no_grad():
        return w.uniform_(-bound, bound)


def relu_mlp(width, depth) -> nn.Sequential:
    """Return `depth` times linear and ReLU, whose activations keep their second moment."""
    layers = []
    for _ in range(depth):
        linear = nn.Linear(width, width)
        kaiming_normal_(linear.weight)
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers)


def learning_rate(step, total, warmup, peak, floor=0.0):
    """Return the rate of step 0…total − 1: linear up to `peak`, then half a cosine to `floor`."""
    if step < warmup:
        return peak * (step + 1) / warmup
    done = step / (total - 1)
    return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2


def smoothed_cross_entropy(logits: Tensor, targets: Tensor, smoothing=0.1) -> Tensor:
    """Return the mean cross-entropy against (1 − smoothing)·one-hot + smoothing/classes: ()."""
    log_p = logits - logits.logsumexp(dim=-1, keepdim=True)  # (batch, classes)
    right = log_p.gather(-1, targets.unsqueeze(-1)).squeeze(-1)  # (batch,)
    return -((1 - smoothing) * right + smoothing * log_p.mean(dim=-1)).mean()


def parameter_groups(model: nn.Module, weight_decay):
    """Return two groups for an optimizer: matrices decay, biases and norms do not."""
    trained = [p for p in model.parameters() if p.requires_grad]  # each shared one once
    return [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]


def adamw_step(p, grad, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    """Update the tensor p in place; `state` is a dict, empty before the first step."""
    if not state:
        state.update(step=0, mean=torch.zeros_like(p), square=torch.zeros_like(p))
    state["step"] += 1
    with torch.no_grad():
        p.mul_(1 - lr * weight_decay)  # decoupled: it does not pass through the moments
        state["mean"].lerp_(grad, 1 - betas[0])
        state["square"].mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
        mean = state["mean"] / (1 - betas[0] ** state["step"])  # both begin at zero
        square = state["square"] / (1 - betas[1] ** state["step"])
        p.sub_(lr * mean / (square.sqrt() + eps))
