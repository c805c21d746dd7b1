"""Everything written out, double precision inside."""

import math

import torch
from torch import nn


def fans(shape):
    out, inner, *kernel = (int(n) for n in shape)
    positions = 1
    for side in kernel:
        positions *= side
    return inner * positions, out * positions


def kaiming_normal_(w, slope=0.0, mode="fan_in"):
    fan_in, fan_out = fans(tuple(w.shape))
    fan = fan_out if mode == "fan_out" else fan_in
    std = math.sqrt(2.0 / (1.0 + slope**2)) / math.sqrt(fan)
    with torch.no_grad():
        w.copy_(torch.normal(0.0, std, size=tuple(w.shape)))
    return w


def xavier_uniform_(w, gain=1.0):
    fan_in, fan_out = fans(tuple(w.shape))
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / (fan_in + fan_out))
    nn.init.uniform_(w, -bound, bound)
    return w


class Network(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.relus = nn.ModuleList(nn.ReLU(inplace=True) for _ in range(depth))
        for linear in self.linears:
            kaiming_normal_(linear.weight)
            linear.bias.data.zero_()

    def forward(self, x):
        for linear, relu in zip(self.linears, self.relus):
            x = relu(linear(x))
        return x


def relu_mlp(width, depth):
    return Network(width, depth)


def learning_rate(step, total, warmup, peak, floor=0.0):
    rates = [peak * (i + 1) / warmup for i in range(warmup)]
    rest = total - warmup
    for i in range(rest):
        t = i / (rest - 1) if rest > 1 else 0.0
        rates.append(floor + 0.5 * (peak - floor) * (1 + math.cos(math.pi * t)))
    return rates[step]


def smoothed_cross_entropy(logits, targets, smoothing=0.1):
    logits = logits.double()
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    losses = []
    for row, target in zip(log_p, targets):
        losses.append(-(1 - smoothing) * row[target] - smoothing * row.sum() / len(row))
    return torch.stack(losses).mean().float()


def parameter_groups(model, weight_decay):
    decay, stay = [], []
    for _, p in model.named_parameters():
        if p.requires_grad:
            (decay if len(p.shape) > 1 else stay).append(p)
    return (
        {"params": decay, "weight_decay": weight_decay},
        {"params": stay, "weight_decay": 0.0},
    )


def adamw_step(p, grad, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    values, grad = p.detach().double(), grad.double()
    if "history" not in state:
        state["history"] = []
    state["history"].append(grad)
    t = len(state["history"])
    mean = sum((1 - betas[0]) * betas[0] ** (t - 1 - i) * g for i, g in enumerate(state["history"]))
    square = sum(
        (1 - betas[1]) * betas[1] ** (t - 1 - i) * g * g for i, g in enumerate(state["history"])
    )
    move = (mean / (1 - betas[0] ** t)) / ((square / (1 - betas[1] ** t)).sqrt() + eps)
    p.data.copy_(values * (1 - lr * weight_decay) - lr * move)
