"""Other shapes of code: data, erfinv, masks, one-hot targets, named modules, plain arithmetic."""

import math

import torch
from torch import nn


def fans(shape):
    probe = torch.empty(*shape, device="meta")
    return probe[0].numel(), probe.numel() // shape[1]


def kaiming_normal_(w, slope=0.0, mode="fan_in"):
    fan_in, fan_out = fans(w.shape)
    variance = 2 / ((1 + slope * slope) * {"fan_in": fan_in, "fan_out": fan_out}[mode])
    w.data.copy_(torch.randn(w.shape) * variance**0.5)
    return w


def xavier_uniform_(w, gain=1.0):
    deviation = gain * (2 / (sum(fans(w.shape)))) ** 0.5
    w.data = (torch.rand_like(w.data) * 2 - 1) * 3**0.5 * deviation
    return w


class Layer(nn.Sequential):
    def __init__(self, width):
        super().__init__(nn.Linear(width, width, bias=False), nn.ReLU())
        kaiming_normal_(self[0].weight, mode="fan_out")


def relu_mlp(width, depth):
    return nn.Sequential(*(Layer(width) for _ in range(depth)))


def learning_rate(step, total, warmup, peak, floor=0.0):
    if warmup and step + 1 <= warmup:
        return (step + 1) / warmup * peak
    span = total - 1 - warmup
    t = torch.tensor((step - warmup) / span if span else 0.0, dtype=torch.float64)
    return (floor + (peak - floor) * torch.cos(t * math.pi / 2) ** 2).item()


def smoothed_cross_entropy(logits, targets, smoothing=0.1):
    classes = logits.size(1)
    wanted = torch.full_like(logits, smoothing / classes)
    wanted[torch.arange(len(targets)), targets] += 1 - smoothing
    return -(wanted * logits.log_softmax(1)).sum() / len(logits)


def parameter_groups(model, weight_decay):
    seen, decay, rest = set(), [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if not p.requires_grad or id(p) in seen:
                continue
            seen.add(id(p))
            (rest if p.dim() < 2 else decay).append(p)
    return [{"params": rest, "weight_decay": 0}, {"params": decay, "weight_decay": weight_decay}]


@torch.no_grad()
def adamw_step(p, grad, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    one, two = betas
    t = state.setdefault("t", 0) + 1
    m = one * state.get("m", 0.0) + (1 - one) * grad
    v = two * state.get("v", 0.0) + (1 - two) * grad**2
    state.update(t=t, m=m, v=v)
    denominator = (v**0.5) / math.sqrt(1 - two**t) + eps
    p.copy_(p - lr * weight_decay * p - lr / (1 - one**t) * m / denominator)
