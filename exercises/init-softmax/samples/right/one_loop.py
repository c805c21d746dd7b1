"""Initialises in one loop; gradients by autograd.grad."""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F


class Classifier(nn.Module):
    """Two hidden layers with ReLU, then a linear layer to the classes."""

    def __init__(self, features: int, wide: int, narrow: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(features, wide)
        self.second = nn.Linear(wide, narrow)
        self.out = nn.Linear(narrow, classes)
        for layer in (self.first, self.second):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.xavier_normal_(self.out.weight, gain=1.0)
        self.out.bias.data.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(batch, …) → logits (batch, classes)."""
        x = x.flatten(1)
        x = F.relu(self.first(x))
        x = F.relu(self.second(x))
        return self.out(x)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """(batch, classes), (batch,) → the mean of −log softmax(logits)[y]."""
    log_total = torch.logsumexp(logits, dim=1)
    picked = logits[torch.arange(len(y)), y]
    return (log_total - picked).mean()


def train_step(
    model: nn.Module,
    optimizer: optim.Optimizer,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    x: Tensor,
    y: Tensor,
) -> float:
    """Update the model once; return the loss before the update."""
    model.train()
    loss = loss_fn(model(x), y)
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.item()
