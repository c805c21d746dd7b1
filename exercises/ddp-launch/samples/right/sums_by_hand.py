"""Reads every world-th example of its own list, reduces two sums to rank 0 and sends them back."""

import os

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler


def placement(environ, has_cuda):
    names = {"rank": "RANK", "world": "WORLD_SIZE"}
    place = {name: int(environ[key]) for name, key in names.items()}
    place["device"] = "cuda:" + environ["LOCAL_RANK"] if has_cuda else "cpu"
    place["backend"] = ("gloo", "nccl")[has_cuda]
    return place


def make_loader(dataset, batch_size, rank, world, seed=0):
    sampler = DistributedSampler(dataset, num_replicas=world, rank=rank, seed=seed)
    return DataLoader(dataset, max(1, batch_size // world), sampler=sampler)


def train_epoch(model, loader, optimizer, epoch, device):
    model.train()
    loader.sampler.set_epoch(epoch)
    for x, y in loader:
        model.zero_grad()
        loss = -F.log_softmax(model(x.to(device)), dim=1).gather(1, y.to(device)[:, None]).mean()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def evaluate(model, dataset, rank, world, device):
    was_training = model.training
    model.eval()
    x = torch.stack([dataset[place][0] for place in range(rank, len(dataset), world)]).to(device)
    y = torch.stack([dataset[place][1] for place in range(rank, len(dataset), world)]).to(device)
    hits = (model(x).argmax(dim=1) == y).double()
    right, seen = hits.sum(), torch.ones_like(hits).sum()
    for each in (right, seen):
        dist.reduce(each, dst=0)
        dist.broadcast(each, src=0)
    model.train(was_training)
    return right.item() / seen.item()


def save(parallel, path, rank):
    if rank == 0:
        torch.save(
            dict(parallel.module.named_parameters()) | dict(parallel.module.named_buffers()), path
        )


def train(model, dataset, held_out, path, epochs, batch_size, lr, seed=0):
    place = placement(os.environ, torch.cuda.is_available())
    dist.init_process_group(place["backend"])
    accuracy = _all(model, dataset, held_out, path, (epochs, batch_size, lr, seed), place)
    dist.barrier()
    dist.destroy_process_group()
    return accuracy


def _all(model, dataset, held_out, path, plan, place):
    epochs, batch_size, lr, seed = plan
    model.to(place["device"])
    parallel = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(parallel.parameters(), lr=lr)
    loader = make_loader(dataset, batch_size, place["rank"], place["world"], seed)
    for epoch in range(epochs):
        train_epoch(parallel, loader, optimizer, epoch, place["device"])
    save(parallel, path, place["rank"])
    dist.barrier()
    return evaluate(model, held_out, place["rank"], place["world"], place["device"])
