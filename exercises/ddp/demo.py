"""Trains a digit classifier with one, two … processes under torchrun and compares them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import torch

from prep.lab.events import Artefact, Metric, Progress, Say, Table, Text

RANK = """
import json, os, sys
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

sys.path.insert(0, os.path.dirname(sys.argv[1]))
import importlib.util
spec = importlib.util.spec_from_file_location("solution", sys.argv[1])
solution = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solution)
job = json.loads(sys.argv[2])
torch.set_num_threads(1)
torch.manual_seed(job["seed"])
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float64)[:1440] / 16
data = TensorDataset(x, torch.tensor(digits.target)[:1440])
model = nn.Sequential(nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 10)).double()
batch = job["batch"] // int(os.environ["WORLD_SIZE"])
history = solution.train(
    model, data, F.cross_entropy, epochs=job["epochs"], batch_size=batch, lr=0.3,
    accumulate=job["accumulate"], checkpoint=job["file"], device=job["device"], seed=job["seed"],
)
if os.environ["RANK"] == "0":
    print("HISTORY " + json.dumps(history), flush=True)
"""


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    gpus = torch.cuda.device_count() if stage.device.startswith("cuda") else 0
    device = "cuda" if gpus > 1 else "cpu"
    source = "scikit-learn digits (8 × 8; 1,440 to train on, 357 held out)"
    backend = "NCCL" if device == "cuda" else "gloo"
    yield Say(Text(f"Data: {source}; {backend}.", f"数据：{source}；{backend}。"))
    folder = Path(stage.folder)
    script = folder / "rank.py"
    script.write_text(RANK, encoding="utf-8")
    runs = ((1, 1), (2, 2)) if stage.quick else ((1, 1), (2, 1), (2, 2))  # ranks, accumulate
    job = {
        "epochs": stage.steps(quick=6, full=40),
        "batch": 96,
        "seed": stage.seed,
        "device": device,
    }
    rows, weights = [], []
    for number, (world, accumulate) in enumerate(runs, 1):
        file = folder / f"ranks{world}-accumulate{accumulate}.pt"
        job |= {"accumulate": accumulate, "batch": 96 // accumulate, "file": str(file)}
        started = time.perf_counter()
        history = _torchrun(world, script, solution.__file__, job)
        seconds = time.perf_counter() - started
        for epoch, loss in enumerate(history, 1):
            yield Metric(f"loss, {world} × accumulate {accumulate}", epoch, loss)
        state = torch.load(file)
        weights.append(torch.cat([value.flatten() for value in state.values()]))
        apart = (weights[-1] - weights[0]).abs().max().item()
        accuracy = _accuracy(state)
        row = (
            world,
            accumulate,
            f"{accuracy:.4f}",
            f"{history[-1]:.6f}",
            f"{apart:.1e}",
            f"{seconds:.1f}",
        )
        rows.append(tuple(map(str, row)))
        yield Progress("runs", number, len(runs))
        yield Artefact(str(file))
    script.unlink()
    head = (
        "ranks",
        "accumulate",
        "held-out accuracy",
        "last loss",
        "furthest weight from one rank",
        "seconds",
    )
    yield Table("runs", head, tuple(rows))
    about = (("device", device), ("backend", backend), ("data", source), ("seed", str(stage.seed)))
    yield Table("results", ("what", "value"), (*about, ("parameters", str(len(weights[0])))))


def _torchrun(world, script, solution, job):
    from socket import socket

    with socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    run = ["-m", "torch.distributed.run", "--nnodes=1", f"--nproc-per-node={world}"]
    here = [
        "--master-addr=127.0.0.1",
        f"--master-port={port}",
        str(script),
        solution,
        json.dumps(job),
    ]
    environment = {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1", **os.environ}
    done = subprocess.run(  # noqa: S603
        [sys.executable, *run, *here], env=environment, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("HISTORY ")]
    if done.returncode or not lines:
        raise RuntimeError(f"torchrun: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(lines[-1].removeprefix("HISTORY "))


def _accuracy(state):
    from sklearn.datasets import load_digits

    digits = load_digits()
    x = torch.tensor(digits.data, dtype=torch.float64)[1440:] / 16
    first, second = ("0.weight", "0.bias"), ("2.weight", "2.bias")
    w1, b1, w2, b2 = (state[name].cpu() for name in (*first, *second))
    outputs = torch.tanh(x @ w1.T + b1) @ w2.T + b2  # (357, 10)
    return (outputs.argmax(1) == torch.tensor(digits.target)[1440:]).double().mean().item()
