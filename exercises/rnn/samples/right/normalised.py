"""Normalises the state before the classes are read off it."""

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F


def rnn_step(x: Tensor, h: Tensor, w_in: Tensor, w_rec: Tensor, bias: Tensor) -> Tensor:
    """Return tanh(x·w_inᵀ + h·w_recᵀ + bias): (batch, hidden)."""
    return torch.tanh(x @ w_in.T + h @ w_rec.T + bias)


class Direction(nn.Module):
    """The weights of one direction, and the walk over the steps."""

    def __init__(self, n_inputs: int, n_hidden: int) -> None:
        super().__init__()
        bound = n_hidden**-0.5
        self.w_in = nn.Parameter(torch.empty(n_hidden, n_inputs).uniform_(-bound, bound))
        self.w_rec = nn.Parameter(torch.empty(n_hidden, n_hidden).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(n_hidden))

    def forward(self, x: Tensor, lengths: Tensor, steps: range | reversed) -> Tensor:
        """Return the state after the last real step that the walk meets."""
        h = x.new_zeros(x.shape[0], self.w_rec.shape[0])  # (batch, hidden)
        for t in steps:
            real = (t < lengths).unsqueeze(1)  # (batch, 1)
            new = rnn_step(x[:, t], h, self.w_in, self.w_rec, self.bias)
            h = torch.where(real, new, h)  # in the padding, the state stays
        return h


class RNNClassifier(nn.Module):
    """Reads sequences and gives one logit for each class."""

    def __init__(
        self, n_inputs: int, n_hidden: int, n_classes: int, bidirectional: bool = False
    ) -> None:
        super().__init__()
        self.left = Direction(n_inputs, n_hidden)
        self.right = Direction(n_inputs, n_hidden) if bidirectional else None
        n_state = n_hidden * (2 if bidirectional else 1)
        self.norm = nn.LayerNorm(n_state)
        self.out = nn.Linear(n_state, n_classes)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, inputs), (batch,) → (batch, classes)."""
        steps = range(x.shape[1])
        h = self.left(x, lengths, steps)
        if self.right is not None:
            h = torch.cat([h, self.right(x, lengths, reversed(steps))], dim=1)  # (batch, 2 hidden)
        return self.out(self.norm(h))


def train_step(
    model: nn.Module,
    optimizer: optim.Optimizer,
    x: Tensor,
    lengths: Tensor,
    y: Tensor,
    max_norm: float = 1.0,
) -> float:
    """Update the model once with clipped gradients; return the loss before the update."""
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x, lengths), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
