"""What a rank runs and notes: used by probe.py and by what torchrun starts."""

import os
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import TensorDataset

HIDDEN = 5


class Noting(nn.Module):
    """A small classifier that notes which examples it was trained on: x[:, 0] is their number."""

    def __init__(self, n_inputs, n_classes, seed):
        super().__init__()
        torch.manual_seed(seed)
        parts = nn.Linear(n_inputs, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, n_classes)
        self.layers = nn.Sequential(*parts).double()
        self.seen = []

    def forward(self, x):
        self.seen.append([round(number) for number in x[:, 0].tolist()])
        return self.layers(x[:, 1:])


class Stop(Exception):  # noqa: N818
    """What the loss raises when a run is meant to fail."""


def flat(model):
    """All parameters as one vector."""
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def facts_of_rank(solution, job, rank, folder):
    """Train as one rank; return what happened. Each rank starts with weights of its own."""
    torch.set_num_threads(1)
    model = Noting(job["x"].shape[1] - 1, job["n_classes"], job["seed"] + rank)
    syncs = _count_syncs()
    _slow_save()
    saved = [Path(folder) / f"{name}.pt" for name in range(job["world"])]

    def loss_fn(outputs, y):
        if job.get("fails"):
            raise Stop
        return F.cross_entropy(outputs, y)

    history = None
    try:
        history = solution.train(
            model, TensorDataset(job["x"], job["y"]), loss_fn, epochs=job["epochs"],
            batch_size=job["batch_size"], lr=job["lr"], accumulate=job["accumulate"],
            checkpoint=saved[rank], device="cpu", seed=job["seed"],
        )  # fmt: skip
    except Stop:
        pass
    return {
        "history": history,
        "weights": flat(model),
        "seen": model.seen,
        "syncs": len(syncs),
        "open": dist.is_initialized(),
        "saved": [path.exists() for path in saved],
    }


def _count_syncs():
    """Have DDP note each exchange of gradients."""
    syncs, old = [], DistributedDataParallel.__init__

    def exchange(_, bucket):
        syncs.append(bucket.index())
        dist.all_reduce(
            bucket.buffer()
        )  # not async: a callback in gloo's thread may deadlock at exit
        done = torch.futures.Future()
        done.set_result(bucket.buffer().div_(dist.get_world_size()))
        return done

    def init(self, *args, **kwargs):
        old(self, *args, **kwargs)
        self.register_comm_hook(None, exchange)

    DistributedDataParallel.__init__ = init
    return syncs


def _slow_save():
    """Make torch.save take its time, as with a large model."""
    old = torch.save

    def save(*args, **kwargs):
        time.sleep(0.3)
        old(*args, **kwargs)

    torch.save = save


def under_torchrun():
    """Train as the rank that torchrun made this process; write the facts beside the job."""
    import solution

    folder, rank = Path(os.environ["FACTS"]), int(os.environ["RANK"])
    job = torch.load(folder / "job")
    facts = facts_of_rank(solution, job, rank, folder)
    torch.save(facts, folder / f"facts{rank}")


if __name__ == "__main__":
    under_torchrun()
