"""Initialises a layer before a ReLU by Xavier.

fails: test_first_layer_fits_its_relu
"""

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
        nn.init.kaiming_normal_(self.second.weight, nonlinearity="relu")
        self.out = nn.Linear(narrow, classes)
        nn.init.xavier_normal_(self.out.weight)
        for layer in (self.first, self.second, self.out):
            nn.init.zeros_(layer.bias)

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
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
