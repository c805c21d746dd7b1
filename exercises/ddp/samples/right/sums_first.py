"""Sums losses in backward and divides the gradients before the step; reads the environment itself."""

import contextlib
import os

import torch
import torch.distributed as dist
import torch.nn as nn
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler


def train(model, dataset, loss_fn, *, epochs, batch_size, lr, checkpoint=None, **options):
    env = {name: int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    gpu = options.get("device", "cpu") != "cpu"
    dist.init_process_group(
        "nccl" if gpu else "gloo", rank=env["RANK"], world_size=env["WORLD_SIZE"]
    )
    history = []
    try:
        device = torch.device(f"cuda:{env['LOCAL_RANK']}" if gpu else "cpu")
        ddp = nn.parallel.DistributedDataParallel(
            model.to(device), device_ids=[env["LOCAL_RANK"]] if gpu else None
        )
        sampler = DistributedSampler(
            dataset, env["WORLD_SIZE"], env["RANK"], seed=options.get("seed", 0)
        )
        loader = DataLoader(dataset, batch_size=batch_size, sampler=sampler)
        optimizer = torch.optim.SGD(ddp.parameters(), lr=lr)
        accumulate = options.get("accumulate", 1)
        for epoch in range(epochs):
            sampler.set_epoch(epoch)
            optimizer.zero_grad()
            total, seen, waiting = torch.zeros((), dtype=torch.float64), 0, 0
            for i, (x, y) in enumerate(loader, start=1):
                full = i % accumulate == 0 or i == len(loader)
                with contextlib.ExitStack() as stack:
                    if not full:
                        stack.enter_context(ddp.no_sync())
                    loss = loss_fn(ddp(x.to(device)), y.to(device)) * y.shape[0]
                    loss.backward()
                total += loss.detach().cpu()
                seen += y.shape[0]
                waiting += y.shape[0]
                if full:
                    for parameter in ddp.parameters():
                        parameter.grad /= waiting
                    optimizer.step()
                    optimizer.zero_grad()
                    waiting = 0
            mean = (total / seen).to(device)  # every rank has as many examples
            dist.all_reduce(mean)
            history.append(mean.item() / env["WORLD_SIZE"])
            if checkpoint is not None and env["RANK"] == 0:
                torch.save(model.state_dict(), checkpoint)
            dist.barrier()
    finally:
        dist.destroy_process_group()
    return history
