"""A small image classifier and its training step, with seven bugs. See task.en.md or task.zh.md."""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F


class Classifier(nn.Module):
    """Two hidden layers with ReLU, then a linear layer to the classes."""

    def __init__(self, features: int, wide: int, narrow: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(features, wide)
        nn.init.xavier_normal_(self.first.weight)
        self.second = nn.Linear(wide, narrow)
        nn.init.zeros_(self.second.weight)
        self.out = nn.Linear(narrow, classes)
        nn.init.kaiming_normal_(self.out.weight, nonlinearity="relu")
        for layer in (self.first, self.second, self.out):
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, …) → logits (batch, classes)."""
        x = x.view(len(x), -1)
        x = F.relu(self.first(x))
        x = F.relu(self.second(x))
        return F.softmax(self.out(x), dim=1)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """(batch, classes), (batch,) → the mean of −log softmax(logits)[y]."""
    log_total = logits.exp().sum(dim=1).log()
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
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()
