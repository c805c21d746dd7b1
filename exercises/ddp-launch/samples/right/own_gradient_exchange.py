"""Keeps the wrapper in sight while the group ends, gathers objects, and reads parts in one piece."""

import os

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel as Wrapper
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler


def placement(environ, has_cuda):
    place = {"rank": int(environ.get("RANK", 0)), "world": int(environ.get("WORLD_SIZE", 1))}
    if has_cuda:
        return {
            **place,
            "device": torch.device("cuda", int(environ["LOCAL_RANK"])),
            "backend": "nccl",
        }
    return {**place, "device": torch.device("cpu"), "backend": "gloo"}


def make_loader(dataset, batch_size, rank, world, seed=0):
    own = DistributedSampler(dataset, world, rank, shuffle=True, seed=seed, drop_last=False)
    return DataLoader(dataset, batch_size=int(batch_size / world), shuffle=False, sampler=own)


def train_epoch(model, loader, optimizer, epoch, device):
    criterion = nn.CrossEntropyLoss()
    model.train(True)
    loader.sampler.set_epoch(epoch)
    for batch in loader:
        x, y = (each.to(device) for each in batch)
        optimizer.zero_grad(set_to_none=True)
        criterion(model(x), y).backward()
        optimizer.step()


def evaluate(model, dataset, rank, world, device):
    model.eval()
    first, last = rank * len(dataset) // world, (rank + 1) * len(dataset) // world
    hits = []
    with torch.inference_mode():
        for place in range(first, last):
            x, y = dataset[place]
            hits.append(int(model(x.unsqueeze(0).to(device)).argmax().item() == int(y)))
    gathered = [None] * world
    distributed.all_gather_object(gathered, (sum(hits), len(hits)))
    return sum(right for right, _ in gathered) / sum(seen for _, seen in gathered)


def save(parallel, path, rank):
    if rank != 0:
        return
    state = {name.removeprefix("module."): t.cpu() for name, t in parallel.state_dict().items()}
    torch.save(state, f"{path}.part")
    os.replace(f"{path}.part", path)


def train(model, dataset, held_out, path, epochs, batch_size, lr, seed=0):
    place = placement(os.environ, torch.cuda.is_available())
    rank, world, device = place["rank"], place["world"], place["device"]
    distributed.init_process_group(backend=place["backend"], rank=rank, world_size=world)
    loader = make_loader(dataset, batch_size, rank, world, seed)
    wrapped = Wrapper(model.to(device), device_ids=[device] if device.type == "cuda" else None)
    optimizer = torch.optim.SGD(wrapped.parameters(), lr)
    for epoch in range(epochs):
        train_epoch(wrapped, loader, optimizer, epoch, device)
    save(wrapped, path, rank)
    distributed.barrier()
    accuracy = evaluate(wrapped.module, held_out, rank, world, device)
    distributed.destroy_process_group()
    return accuracy
