"""Shares the data without DistributedSampler: each rank takes a slice of one common permutation."""

import torch
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel as DDP  # noqa: N817
from torch.utils.data import DataLoader, Subset


def train(
    model, dataset, loss_fn, *, epochs, batch_size, lr, accumulate=1, checkpoint=None, device="cpu",
    seed=0,
):  # fmt: skip
    dist.init_process_group(backend="gloo" if device == "cpu" else "nccl", init_method="env://")
    try:
        return _train(
            model, dataset, loss_fn, epochs, batch_size, lr, accumulate, checkpoint, device, seed
        )
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def _train(model, dataset, loss_fn, epochs, batch_size, lr, accumulate, checkpoint, device, seed):
    rank, world = dist.get_rank(), dist.get_world_size()
    if device == "cuda":
        torch.cuda.set_device(rank % torch.cuda.device_count())
    model.to(device)
    wrapped = DDP(model)
    optimizer = torch.optim.SGD(wrapped.parameters(), lr)
    each = len(dataset) // world
    history = []
    for epoch in range(epochs):
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        order = torch.randperm(len(dataset), generator=generator)[rank * each : (rank + 1) * each]
        batches = list(DataLoader(Subset(dataset, order.tolist()), batch_size))
        loss_sum, count = 0.0, 0
        for start in range(0, len(batches), accumulate):
            group = batches[start : start + accumulate]
            total = sum(len(y) for _, y in group)
            with wrapped.no_sync():
                for x, y in group[:-1]:
                    loss_sum += _backward(wrapped, loss_fn, x.to(device), y.to(device), total)
            x, y = group[-1]
            loss_sum += _backward(wrapped, loss_fn, x.to(device), y.to(device), total)
            count += total
            optimizer.step()
            optimizer.zero_grad()
        parts = [None] * world
        dist.all_gather_object(parts, (loss_sum, count))
        history.append(sum(s for s, _ in parts) / sum(n for _, n in parts))
    if checkpoint and rank == 0:
        torch.save(wrapped.module.state_dict(), str(checkpoint))
    dist.barrier()
    return history


def _backward(wrapped, loss_fn, x, y, total):
    loss = loss_fn(wrapped(x), y) * len(y)
    (loss / total).backward()
    return float(loss.detach())
