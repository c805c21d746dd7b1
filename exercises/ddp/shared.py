"""What a rank runs and notes. probe.py starts ranks with this file, and so does torchrun."""

import faulthandler
import hashlib
import os
import re
import signal
import sys
import time
import traceback
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import TensorDataset

HIDDEN = 5
SLOW = 1.2  # seconds that saving takes, unless the other rank waits or returns


class Noting(nn.Module):
    """A small classifier that notes which examples it was trained on: x[:, 0] is their number."""

    def __init__(self, n_inputs, n_classes, seed):
        super().__init__()
        torch.manual_seed(seed)
        parts = nn.Linear(n_inputs, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, n_classes)
        self.layers = nn.Sequential(*parts).double()
        self.seen, self.modes = _Notes(), _Notes()

    def forward(self, x):
        if torch.is_grad_enabled():
            self.seen.append([round(number) for number in x[:, 0].tolist()])
            self.modes.append(self.training)
        return self.layers(x[:, 1:])


class _Notes(list):
    """Notes that a copy of the model shares."""

    def __deepcopy__(self, _):
        return self


class Stop(Exception):  # noqa: N818
    """What the loss raises when a run is meant to fail."""


def flat(model):
    """All parameters as one vector."""
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def run_rank(folder, rank=None, tell=None):
    """Train as one rank, and write into the folder what happened.

    `tell` is what torchrun would have put into the environment.
    """
    folder = Path(folder)
    os.environ.update(tell or {})
    rank = int(os.environ["RANK"]) if rank is None else rank
    (folder / f"pid{rank}").write_text(str(os.getpid()))
    stack = (folder / f"stack{rank}").open("w")
    faulthandler.register(signal.SIGUSR1, file=stack, all_threads=True)
    keep = torch.save  # it is made slow
    try:
        import solution

        keep(_facts(solution, torch.load(folder / "job"), rank, folder), folder / f"facts{rank}")
    except BaseException as error:
        keep(_told(error, rank), folder / f"error{rank}")
        sys.stdout.flush()
        os._exit(1)


def _facts(solution, job, rank, folder):
    """Train; return what happened. Each rank starts with weights of its own."""
    torch.set_num_threads(1)
    model = Noting(job["x"].shape[1] - 1, job["n_classes"], job["seed"] + rank)
    syncs, _ = _watch_ddp(), _slow_save(folder, rank)
    path = {"path": folder / f"{rank}.pt", "str": f"{folder}/{rank}.pt", "none": None}

    def loss_fn(outputs, y):
        if job["fails"]:
            raise Stop
        return F.cross_entropy(outputs, y)

    options = {"accumulate": job["accumulate"], "checkpoint": path[job["checkpoint"]]}
    options = {name: value for name, value in options.items() if value not in {1, None}}
    history = None
    try:
        history = solution.train(
            model, TensorDataset(job["x"], job["y"]), loss_fn, epochs=job["epochs"],
            batch_size=job["batch_size"], lr=job["lr"], device="cpu", seed=job["seed"], **options,
        )  # fmt: skip
    except Stop:
        pass
    (folder / f"returned{rank}").touch()
    return {
        "history": _numbers(history),
        "weights": flat(model),
        "seen": list(model.seen),
        "in_training": all(model.modes),
        "syncs": len(syncs),
        "open": dist.is_initialized(),
        "file": digest(folder / "0.pt"),
    }


def digest(file):
    """Return a hash of the file as it is now, or None."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def _numbers(history):
    """Return a list of floats, whatever kind of numbers they were; what is none stays recognisable."""
    try:
        return [float(n) if hasattr(n, "__float__") else type(n).__name__ for n in history]
    except (TypeError, ValueError, RuntimeError):
        is_plain = history is None or type(history) in {bool, int, float, str}
        return history if is_plain else type(history).__name__


def _watch_ddp():
    """Have DDP note each exchange of gradients."""
    syncs, kept, old = [], [], DistributedDataParallel.__init__

    def exchange(_, bucket):
        dist.all_reduce(bucket.buffer())
        if bucket.is_last():  # small buckets are one exchange together
            syncs.append(bucket.index())
        done = torch.futures.Future()
        done.set_result(bucket.buffer().div_(dist.get_world_size()))
        return done

    def init(self, *args, **kwargs):
        old(self, *args, **kwargs)
        self.register_comm_hook(None, exchange)
        # The group may end with the last object that uses it, this one. It then waits for gloo's
        # threads while it holds Python's lock, which they may need to let go of a tensor: PyTorch
        # hangs (pytorch/pytorch#56297). Kept until the process ends, it cannot.
        kept.append(self)

    DistributedDataParallel.__init__ = init
    return syncs


def _slow_save(folder, rank):
    """Make torch.save on rank 0 last until rank 1 waits in a barrier or has returned."""
    save, barrier, count = torch.save, dist.barrier, [0]

    def slowly(*args, **kwargs):
        until = time.monotonic() + SLOW
        signs = folder / f"barrier1-{count[0] + 1}", folder / "returned1"
        while rank == 0 and time.monotonic() < until and not any(s.exists() for s in signs):
            time.sleep(0.005)
        save(*args, **kwargs)

    def noted(*args, **kwargs):
        count[0] += 1
        (folder / f"barrier{rank}-{count[0]}").touch()
        return barrier(*args, **kwargs)

    torch.save, dist.barrier = slowly, noted


def _told(error, rank):
    """What a rank raised, in plain data: class, text, and the lines of the solution."""
    frames = [
        (frame.lineno, frame.name)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == "solution.py"
    ]
    text = f"rank {rank}: {error}"[:1000]
    return {"type": type(error).__name__, "text": text, "frames": frames, "at": time.time()}


def place_of(stack):
    """The innermost line of the solution in a stack that faulthandler wrote, or 0."""
    found = re.search(r'File ".*solution\.py", line (\d+)', stack)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    sys.modules.pop("solution", None)  # torchrun starts the file: load it anew
    run_rank(sys.argv[1])
