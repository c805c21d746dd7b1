"""Draws the weights by formula; torch's own loss; reshape."""

from collections.abc import Callable

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F


class Classifier(nn.Module):
    """Two hidden layers with ReLU, then a linear layer to the classes."""

    def __init__(self, features: int, wide: int, narrow: int, classes: int) -> None:
        super().__init__()
        self.first = nn.Linear(features, wide)
        nn.init.normal_(self.first.weight, std=(2 / features) ** 0.5)
        self.second = nn.Linear(wide, narrow)
        nn.init.normal_(self.second.weight, std=(2 / wide) ** 0.5)
        self.out = nn.Linear(narrow, classes)
        self.out.weight.data = torch.randn(classes, narrow) * (2 / (narrow + classes)) ** 0.5
        for layer in (self.first, self.second, self.out):
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, …) → logits (batch, classes)."""
        x = x.reshape(x.shape[0], -1)
        x = F.relu(self.first(x))
        x = F.relu(self.second(x))
        return self.out(x)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """(batch, classes), (batch,) → the mean of −log softmax(logits)[y]."""
    return nn.CrossEntropyLoss()(logits, y)


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
