"""Trains a digit classifier on processes that torchrun starts, and replays it on one.

torchrun starts this file too: then it is one of the ranks.
"""

import importlib.util
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

BATCH, RATE = 96, 0.3  # of a step, all ranks and accumulated batches together
TRAIN = 1440  # examples; the other 357 are held out
TOLD = "@rank "


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    from prep.lab.events import Artefact, Fact, Progress, Say, Table, Text

    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    gpus = torch.cuda.device_count() if stage.device.startswith("cuda") else 0
    device, backend = ("cuda", "NCCL") if gpus > 1 else ("cpu", "gloo")
    plans = [(2, 2)] if stage.quick else [(2, 1), (2, 2), (3, 1), (4, 2)]
    plans = [plan for plan in plans if device == "cpu" or plan[0] <= gpus]  # ranks, accumulate
    job = {"epochs": stage.steps(quick=10, full=60), "seed": stage.seed, "device": device}
    yield Say(
        Text(
            f"{TRAIN} handwritten digits; every step takes {BATCH} of them, whoever computes it. "
            f"torchrun starts the ranks, {backend} joins them.",
            f"{TRAIN} 个手写数字；无论由谁计算，每次更新都用其中 {BATCH} 个。"
            f"用 torchrun 启动各 rank，用 {backend} 通信。",
        )
    )
    rows = []
    for number, (world, accumulate) in enumerate(plans, 1):
        yield Progress("torchrun", number - 1, len(plans))
        job |= {"accumulate": accumulate, "batch_size": BATCH // (world * accumulate)}
        file = Path(stage.folder, f"{world}-ranks-accumulate-{accumulate}.pt")
        with tempfile.TemporaryDirectory() as folder:
            run = _Run(solution, world, {**job, "file": str(file), "folder": folder})
            yield from run.events()
            rows.append(run.compared(file))
        yield Artefact(str(file))
    yield Progress("torchrun", len(plans), len(plans))
    head = (
        Text("ranks", "rank 数"),
        Text("accumulate", "累积"),
        Text("held-out accuracy", "留出集准确率"),
        Text("last loss", "最后的损失"),
        Text("weights apart", "权重相差"),
        Text("loss apart", "损失相差"),
        Text("training", "训练用时"),
    )
    title = Text(
        "Beside one process that takes the same steps with whole batches",
        "与单进程用完整批次做同样的更新相比",
    )
    yield Table(title, head, tuple(rows))
    yield Fact(Text("held-out accuracy", "留出集准确率"), rows[-1][2])
    most = plans[-1][0]
    yield Fact("device", Text(f"{device}, up to {most} processes", f"{device}，最多 {most} 个进程"))
    yield Fact(Text("backend", "通信后端"), backend)
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in Digits(0).parameters()):,}")
    yield Fact(Text("data", "数据"), "scikit-learn digits (8 × 8, 1,797)")


class Digits(nn.Module):
    """A classifier that notes which examples it was given: x[:, 0] is their number."""

    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.layers = nn.Sequential(nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 10)).double()
        self.seen = []

    def forward(self, x):
        self.seen.append([round(number) for number in x[:, 0].tolist()])
        return self.layers(x[:, 1:])


def digits():
    """The examples (1797, 1 + 64), the number of each first, and their classes."""
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels = torch.tensor(found.data, dtype=torch.float64) / 16
    numbers = torch.arange(len(pixels), dtype=torch.float64)
    return torch.column_stack([numbers, pixels]), torch.tensor(found.target)


class _Run:
    """One call of torchrun: what its ranks tell, and the same training on one process."""

    def __init__(self, solution, world, job):
        self.world, self.job, self.folder = world, job, Path(job["folder"])
        self.sums, self.told = defaultdict(list), []
        torch.save(digits(), self.folder / "data.pt")
        given = json.dumps({**job, "solution": solution.__file__})
        self.command = [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *(f"--nproc-per-node={world}", __file__, given),
        ]

    def events(self):
        """Start the ranks and yield their losses, epoch by epoch."""
        from prep.lab.events import Metric

        with self._started() as process:
            lines = queue.SimpleQueue()
            threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
            errors = []
            threading.Thread(target=errors.extend, args=(process.stderr,), daemon=True).start()
            try:
                while (line := lines.get()) is not None:
                    for epoch, loss in self._heard(json.loads(line)):
                        yield Metric(self._name(), epoch, loss)
            finally:
                self._ended(process)
        self.told = [json.loads(file.read_text()) for file in sorted(self.folder.glob("told*"))]
        if process.returncode or len(self.told) < self.world:
            raise RuntimeError(f"torchrun: {process.returncode}\n{''.join(errors)[-2000:]}")

    def _started(self):
        quiet = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
        path = os.pathsep.join(filter(None, sys.path))
        environment = {**quiet, **os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(  # noqa: S603
            self.command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _name(self):
        more = f" × accumulate {self.job['accumulate']}" if self.job["accumulate"] > 1 else ""
        return f"loss, {self.world} ranks{more}"

    def _heard(self, told):
        """Note what a rank said; yield the mean loss of an epoch when all have ended it."""
        sums = self.sums[told["epoch"]]
        sums.append((told["sum"], told["count"]))
        if len(sums) == self.world:
            yield told["epoch"], sum(s for s, _ in sums) / sum(n for _, n in sums)

    def _ended(self, process):
        """Have the ranks stop before their next batch, so that no save is cut in two."""
        (self.folder / "stop").touch()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.terminate()

    def compared(self, file):
        """A row of the table: what the ranks reached, and how far one process is from it."""
        state = {name: value.cpu() for name, value in torch.load(file).items()}
        alone, losses = self._replayed()
        pairs = zip(state.values(), alone.state_dict().values(), strict=True)
        apart = max((one - other).abs().max().item() for one, other in pairs)
        model = Digits(0)
        model.load_state_dict(state)
        x, y = (part[TRAIN:] for part in torch.load(self.folder / "data.pt"))
        accuracy = (model(x).argmax(1) == y).double().mean().item()
        last = float(self.told[0]["history"][-1])
        seconds = max(told["seconds"] for told in self.told)
        numbers = (
            f"{accuracy:.4f}",
            f"{last:.6f}",
            f"{apart:.1e}",
            f"{abs(last - losses[-1]):.1e}",
        )
        return (str(self.world), str(self.job["accumulate"]), *numbers, f"{seconds:.1f} s")

    def _replayed(self):
        """Take the same steps on one process, each with all examples that the ranks had in it."""
        x, y = torch.load(self.folder / "data.pt")
        model, history = Digits(self.job["seed"]), []
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        accumulate, epochs = self.job["accumulate"], self.job["epochs"]
        seen = [told["seen"] for told in self.told]
        each = len(seen[0]) // epochs  # batches of a rank in an epoch
        for start in range(0, epochs * each, each):
            total = count = 0
            for first in range(start, start + each, accumulate):
                last = min(first + accumulate, start + each)
                batch = [n for batches in seen for part in batches[first:last] for n in part]
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total, count = total + loss.item() * len(batch), count + len(batch)
            history.append(total / count)
        return model, history


def _read(stream, lines):
    for line in stream:
        if line.startswith(TOLD):
            lines.put(line.removeprefix(TOLD))
    lines.put(None)


def be_a_rank():
    """Train as the rank that torchrun made this process; tell each epoch's sum of losses."""
    job, rank = json.loads(sys.argv[1]), int(os.environ["RANK"])
    folder = Path(job["folder"])
    spec = importlib.util.spec_from_file_location("solution", job["solution"])
    solution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(solution)
    torch.set_num_threads(1)
    _keep_groups()
    x, y = (part[:TRAIN] for part in torch.load(folder / "data.pt"))
    model, counts = Digits(job["seed"] + rank), [0.0, 0, 0]  # sum, examples, epochs
    each = TRAIN // int(os.environ["WORLD_SIZE"])

    def loss_fn(outputs, y):
        if (folder / "stop").exists():
            os._exit(1)
        loss = F.cross_entropy(outputs, y)
        counts[0], counts[1] = counts[0] + loss.item() * len(y), counts[1] + len(y)
        if counts[1] == each:
            told = json.dumps({"epoch": counts[2] + 1, "sum": counts[0], "count": each})
            sys.stdout.write(f"{TOLD}{told}\n")  # in one piece: the ranks share the stream
            sys.stdout.flush()
            counts[:] = 0.0, 0, counts[2] + 1
        return loss

    began = time.perf_counter()
    history = solution.train(
        model, TensorDataset(x, y), loss_fn, epochs=job["epochs"], batch_size=job["batch_size"],
        lr=RATE, accumulate=job["accumulate"], checkpoint=job["file"], device=job["device"],
        seed=job["seed"],
    )  # fmt: skip
    seconds = time.perf_counter() - began
    told = {"history": list(map(float, history)), "seen": model.seen, "seconds": seconds}
    (folder / f"told{rank}").write_text(json.dumps(told))


def _keep_groups():
    """Keep what DDP uses until the process ends: see shared.py."""
    kept, old = [], nn.parallel.DistributedDataParallel.__init__

    def init(self, *args, **kwargs):
        old(self, *args, **kwargs)
        kept.append(self)

    nn.parallel.DistributedDataParallel.__init__ = init


if __name__ == "__main__":
    be_a_rank()
