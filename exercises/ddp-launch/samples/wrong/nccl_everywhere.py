"""Asks for NCCL where there is no GPU.

fails: test_backend_follows_the_device
"""

import os

import torch
import torch.distributed as dist
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, Subset


def placement(environ, has_cuda):
    """Say who this process is, as torchrun told it, and where it computes."""
    device = f"cuda:{environ['LOCAL_RANK']}" if has_cuda else "cpu"
    rank, world = int(environ["RANK"]), int(environ["WORLD_SIZE"])
    backend = "nccl"
    return {"rank": rank, "world": world, "device": device, "backend": backend}


def make_loader(dataset, batch_size, rank, world, seed=0):
    """Return the batches of this rank; `batch_size` is that of all ranks together."""
    sampler = DistributedSampler(
        dataset,
        num_replicas=world,
        rank=rank,
        seed=seed,
    )
    return DataLoader(dataset, batch_size // world, sampler=sampler)


def train_epoch(model, loader, optimizer, epoch, device):
    """Train once over the batches of this rank, in the order of this epoch."""
    loader.sampler.set_epoch(epoch)
    model.train()
    for x, y in loader:
        loss = F.cross_entropy(model(x.to(device)), y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def evaluate(model, dataset, rank, world, device):
    """Return the accuracy on the whole dataset, of which each rank reads a part."""
    model.eval()
    right, seen = 0, 0
    for x, y in DataLoader(Subset(dataset, range(rank, len(dataset), world)), 64):
        right += (model(x.to(device)).argmax(dim=1) == y.to(device)).sum().item()
        seen += len(y)
    sums = torch.tensor([right, seen], dtype=torch.float64, device=device)
    dist.all_reduce(sums)
    return (sums[0] / sums[1]).item()


def save(parallel, path, rank):
    """Write the weights of the model inside the wrapper, on rank 0 alone."""
    if rank == 0:
        torch.save(parallel.module.state_dict(), path)


def train(model, dataset, held_out, path, epochs, batch_size, lr, seed=0):
    """Train on all ranks and save; return the accuracy on `held_out`, the same on each."""
    place = placement(os.environ, torch.cuda.is_available())
    dist.init_process_group(place["backend"])
    try:
        return _train(model, dataset, held_out, path, epochs, batch_size, lr, seed, place)
    finally:
        dist.destroy_process_group()  # the wrapper, which uses the group, is gone by now


def _train(model, dataset, held_out, path, epochs, batch_size, lr, seed, place):
    rank, world, device = place["rank"], place["world"], place["device"]
    parallel = DistributedDataParallel(model.to(device))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loader = make_loader(dataset, batch_size, rank, world, seed)
    for epoch in range(epochs):
        train_epoch(parallel, loader, optimizer, epoch, device)
    save(parallel, path, rank)
    return evaluate(model, held_out, rank, world, device)
