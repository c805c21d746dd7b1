"""Has its barrier before the save instead of after it: nobody waits for the file.

fails: test_nobody_leaves_before_the_save
"""

import os
from collections.abc import Callable
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn, optim
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler


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
    """Train on all ranks; return the mean loss of each epoch over the examples of all ranks."""
    # Rank, world size and the address of rank 0 come from the environment: torchrun sets it.
    dist.init_process_group("nccl" if device == "cuda" else "gloo")
    try:
        place = torch.device("cpu")
        if device == "cuda":
            place = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(place)
        sampler: DistributedSampler = DistributedSampler(dataset, shuffle=True, seed=seed)
        loader = DataLoader(dataset, batch_size, sampler=sampler)
        return _train(model.to(place), loader, loss_fn, place, epochs, lr, accumulate, checkpoint)
    finally:
        dist.destroy_process_group()  # the wrapper, which uses the group, is gone by now


def _train(
    model: nn.Module,
    loader: DataLoader,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    place: torch.device,
    epochs: int,
    lr: float,
    accumulate: int,
    checkpoint: str | Path | None,
) -> list[float]:
    parallel = DistributedDataParallel(model)  # all ranks get rank 0's weights
    optimizer = optim.SGD(parallel.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        loader.sampler.set_epoch(epoch)  # another order; without it every epoch is the first one
        history.append(_epoch(parallel, loader, loss_fn, optimizer, accumulate, place))
        if checkpoint is not None:
            dist.barrier()
            if dist.get_rank() == 0:
                torch.save(model.state_dict(), checkpoint)
    return history


def _epoch(
    parallel: DistributedDataParallel,
    loader: DataLoader,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: optim.Optimizer,
    accumulate: int,
    place: torch.device,
) -> float:
    parallel.train()
    total, seen = 0.0, 0
    batches = iter(loader)
    while group := list(islice(batches, accumulate)):
        examples = sum(len(y) for _, y in group)
        optimizer.zero_grad()
        for number, (x, y) in enumerate(group, 1):
            last = number == len(group)
            with nullcontext() if last else parallel.no_sync():  # forward and backward
                loss = loss_fn(parallel(x.to(place)), y.to(place))
                (loss * (len(y) / examples)).backward()  # the last one averages over the ranks
            total += loss.item() * len(y)
        optimizer.step()
        seen += examples
    sums = torch.tensor([total, seen], dtype=torch.float64, device=place)
    dist.all_reduce(sums)  # over all ranks
    return (sums[0] / sums[1]).item()
