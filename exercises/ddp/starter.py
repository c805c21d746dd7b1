"""The training loop on several processes. The task: task.en.md, task.zh.md."""

from collections.abc import Callable
from pathlib import Path

from torch import Tensor, nn
from torch.utils.data import Dataset


def train(
    model: nn.Module,
    dataset: Dataset,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    accumulate: int = 1,
    checkpoint: str | Path | None = None,
    device: str = "cpu",
    seed: int = 0,
) -> list[float]:
    """Train on all ranks; return the mean loss of each epoch over the examples of all ranks.

    dataset[i]: (x, y); a batch: x (batch, …), y (batch,); model(x): (batch, classes);
    loss_fn(outputs, y): the mean over the batch. Runs in every process that torchrun starts:
    RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are in the environment.
    """
    # TODO: open the process group, share the data, wrap the model, train, save on rank 0, close
    raise NotImplementedError
