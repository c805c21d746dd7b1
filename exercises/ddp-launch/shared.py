"""What a rank does, in a process of its own that probe.py starts."""

import os
import time
import traceback
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import TensorDataset

PATIENCE = timedelta(seconds=20)  # for an exchange that the other rank does not join
STEPS = ("evaluate", "train")  # each in processes of its own: a group is begun once in a process


class Scaled(nn.Module):
    """Logits are a share of x @ weightᵀ, another one on each rank, and so are the gradients."""

    def __init__(self, weight, share):
        super().__init__()
        self.weight, self.share = nn.Parameter(weight.clone()), share  # (classes, inputs)

    def forward(self, x):
        return self.share * x @ self.weight.T


class Told(nn.Module):
    """Says what stands in x, and the opposite in training mode."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones((), dtype=torch.float64))
        self.graph = False

    def forward(self, x):
        self.graph |= torch.is_grad_enabled()
        return self.weight * (-x if self.training else x)


def run_rank(folder, rank, tell, step):
    """Do a step of the job in the folder as one rank, and write there what came of it."""
    folder = Path(folder)
    os.environ.update(tell)
    torch.set_num_threads(1)
    _patch()
    job = torch.load(folder / "job")
    try:
        import solution

        facts = {"evaluate": _evaluated, "train": _trained}[step](solution, job, folder, rank)
        _write(facts, folder / f"{step}{rank}")
    except BaseException as error:
        _write(_told(error, rank), folder / f"error{rank}")
    _wait_for(folder, job["world"], step)
    os._exit(0)  # what the group has left must not keep the process


def _patch():
    """Take gloo where a GPU would be needed, give up waiting, and keep what must not go early."""
    begin, wrap, kept = dist.init_process_group, DistributedDataParallel.__init__, []

    def init_process_group(backend=None, *args, **kwargs):
        begin("gloo", *args, **{**kwargs, "timeout": PATIENCE})
        # Its end would wait for gloo's threads while it holds Python's lock, which they may need
        # to let go of a tensor (pytorch/pytorch#56297). Kept until the process ends, it cannot.
        kept.append(dist.group.WORLD)

    def init(self, *args, **kwargs):
        wrap(self, *args, **kwargs)
        kept.append(self)  # it uses the group

    dist.init_process_group, DistributedDataParallel.__init__ = init_process_group, init


def _wait_for(folder, world, step):
    """Wait until every rank has written: one that leaves early breaks the others' connections."""
    for _ in range(100):
        if any(folder.glob("error?")) or len(list(folder.glob(f"{step}?"))) == world:
            return
        time.sleep(0.05)


def _evaluated(solution, job, folder, rank):
    store = f"file://{folder}/evaluation"
    dist.init_process_group(init_method=store, rank=rank, world_size=job["world"])
    data = TensorDataset(job["told"], job["truth"])
    model = Told().train()
    accuracy = _number(solution.evaluate(model, data, rank, job["world"], "cpu"))
    return {"accuracy": accuracy, "graph": model.graph}


def _trained(solution, job, folder, rank):
    model = Scaled(job["weights"][rank], job["shares"][rank])
    data = TensorDataset(job["x"], job["y"])
    held_out = TensorDataset(job["held_x"], job["held_y"])
    returned = solution.train(
        model, data, held_out, folder / "model.pt", epochs=job["epochs"],
        batch_size=job["batch_size"], lr=job["lr"], seed=job["seed"],
    )  # fmt: skip
    return {
        "returned": _number(returned),
        "weight": model.weight.detach(),
        "open": dist.is_initialized(),
    }


def _number(value):
    return float(value) if hasattr(value, "__float__") else type(value).__name__


def _write(facts, file):
    """Write, then rename: a file that is there is whole."""
    torch.save(facts, f"{file}.part")
    os.replace(f"{file}.part", file)


def _told(error, rank):
    """What a rank raised, in plain data: class, text, and the lines of the solution."""
    frames = [
        (frame.lineno, frame.name)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == "solution.py"
    ]
    text = f"rank {rank}: {error}"[:1000]
    return {"type": type(error).__name__, "text": text, "frames": frames, "at": time.time()}
