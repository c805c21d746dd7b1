"""One training loop for every device. The task: task.en.md, task.zh.md."""

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import LRScheduler

Batches = Iterable[tuple[Tensor, Tensor]]  # (batch, …) inputs and (batch,) class numbers
LossFn = Callable[[Tensor, Tensor], Tensor]  # loss_fn(outputs, y): the mean over the batch


def lr_factor(step: int, warmup: int, total: int) -> float:
    """Return the share of the full learning rate at optimizer step 0, 1, 2 …

    step < warmup: (step + 1) / warmup; then half a cosine from 1 (at `warmup`) to 0 (at `total`);
    0 from `total` on.
    """
    # TODO
    raise NotImplementedError


def train_epoch(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFn,
    optimizer: optim.Optimizer,
    scheduler: LRScheduler | None = None,
    *,
    accumulate: int = 1,
    max_norm: float | None = None,
    amp: bool = False,
    device: str | torch.device = "cpu",
) -> float:
    """Train once over the batches; return the mean loss of an example, a float.

    x: (batch, …), y: (batch,); model(x): (batch, classes). One optimizer step for each
    `accumulate` batches, and one for what is left at the end.
    """
    # TODO
    raise NotImplementedError


def evaluate(
    model: nn.Module, batches: Batches, loss_fn: LossFn, *, device: str | torch.device = "cpu"
) -> tuple[float, float]:
    """Return the mean loss and the accuracy over all examples: two floats."""
    # TODO
    raise NotImplementedError


def fit(
    model: nn.Module,
    train: Batches,
    valid: Batches,
    loss_fn: LossFn,
    optimizer: optim.Optimizer,
    scheduler: LRScheduler | None = None,
    *,
    epochs: int,
    checkpoint: str | Path,
    accumulate: int = 1,
    max_norm: float | None = None,
    amp: bool = False,
    device: str | torch.device = "cpu",
) -> dict[str, list[float]]:
    """Train until `epochs` epochs are done, going on from the file `checkpoint` if it exists.

    Returns the history, one number for each epoch: train_loss, valid_loss, valid_accuracy.
    """
    # TODO: epoch after epoch: train, evaluate, remember the best weights, write the checkpoint
    raise NotImplementedError
