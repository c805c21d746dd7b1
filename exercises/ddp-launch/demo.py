"""Starts two ranks with the file as it is, and shows what each reads and how far they drift apart.

A rank is this file too, in a process of its own.
"""

import importlib.util
import json
import os
import queue
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

WORLD, TRAIN, BATCH, RATE = 2, 1440, 96, 0.5
EACH = 5  # steps between two looks at the weights
PATIENCE = timedelta(seconds=60)  # for an exchange that the other rank does not join


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    from prep.lab.events import Artefact, Fact, Say, Text

    yield Say(
        Text(
            f"{TRAIN} handwritten digits, {BATCH} in a step; two processes on the CPU, as torchrun would start them.",
            f"{TRAIN} 个手写数字，每次更新用 {BATCH} 个；在 CPU 上像 torchrun 那样启动两个进程。",
        )
    )
    epochs = stage.steps(quick=8, full=40)
    run = _Run(solution, stage, epochs)
    last = stage.folder / "last.pt"
    try:
        yield from run.events(epochs)
        if run.problem:
            yield Say(
                Text(
                    f"The ranks ended with: {run.problem} Once more, with gloo whatever the file asks for.",
                    f"两个 rank 出错退出：{run.problem} 再来一次，不管文件怎么写都用 gloo。",
                )
            )
            run = _Run(solution, stage, epochs, backend="gloo")
            yield from run.events(epochs)
    finally:
        if run.weights[0]:
            torch.save(torch.tensor(run.weights[0][-1]), last)
            yield Artefact(str(last))
    if run.problem:
        raise RuntimeError(f"the ranks ended with: {run.problem}")
    yield _compared(run, solution)
    yield Fact("device", Text("cpu, two processes", "cpu，两个进程"))
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in Digits().parameters()):,}")
    yield Fact("data", "scikit-learn digits (8 × 8, 1,797)")


class Digits(nn.Module):
    """A linear classifier; x[:, 0] is the number of an example, which it tells when it trains."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 10)
        self.truth, self.calls = None, 0

    def forward(self, x):
        logits = self.linear(x[:, 1:])
        if self.training and self.truth is not None:
            numbers = x[:, 0].round().long()
            told = {"numbers": numbers.tolist()}
            told["loss"] = F.cross_entropy(logits.detach(), self.truth[numbers]).item()
            if self.calls % EACH == 0:
                told["weights"] = self.linear.weight.detach().flatten().tolist()
            self.calls += 1
            _tell(told)
        return logits


def _tell(facts):
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


def digits():
    """Return the examples (1797, 1 + 64), the number of each first, and their classes."""
    from sklearn.datasets import load_digits

    found = load_digits()
    pixels = torch.tensor(found.data, dtype=torch.float32) / 16
    numbers = torch.arange(len(pixels), dtype=torch.float32)
    return torch.column_stack([numbers, pixels]), torch.tensor(found.target)


class _Run:
    """Two ranks, and what they told."""

    def __init__(self, solution, stage, epochs, backend=""):
        self.folder, self.problem = Path(stage.folder), ""
        self.file = self.folder / "model.pt"
        self.read, self.sizes, self.losses, self.weights = ([[], []] for _ in range(4))
        self.accuracy = [None, None]
        torch.save(digits(), self.folder / "data.pt")
        self.job = {
            "data": str(self.folder / "data.pt"),
            "solution": solution.__file__, "file": str(self.file), "epochs": epochs,
            "seed": stage.seed, "backend": backend,
        }  # fmt: skip

    def events(self, epochs):
        """Start the ranks and yield what they tell, until both have ended."""
        from prep.lab.events import Metric, Progress, Text

        store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
        processes = [self._started(rank, store.port) for rank in range(WORLD)]
        lines, errors, open_ends = queue.SimpleQueue(), [], WORLD
        for rank, process in enumerate(processes):
            threading.Thread(target=_read, args=(process.stdout, rank, lines), daemon=True).start()
            threading.Thread(target=errors.extend, args=(process.stderr,), daemon=True).start()
        total, shown = epochs * TRAIN, 0
        try:
            while open_ends:
                rank, line = lines.get()
                if line is None:
                    open_ends -= 1
                    if processes[rank].wait():
                        break  # the other would wait for this one
                    continue
                step = self._heard(rank, json.loads(line))
                if step:
                    yield Metric(f"loss, rank {rank}", step, self.losses[rank][-1])
                both = min(map(len, self.weights))
                while shown < both:
                    one, other = (torch.tensor(self.weights[r][shown]) for r in range(WORLD))
                    apart = (one - other).abs().max().item()
                    yield Metric("weights apart", shown * EACH + 1, apart)
                    shown += 1
                done = min(sum(map(len, self.read)), total)
                yield Progress(Text("examples read", "已读样本"), done, total)
        finally:
            codes = [process.poll() for process in processes]
            for process in processes:
                process.kill()
        if any(codes):
            told = [line.strip() for line in errors if "Error" in line]
            self.problem = (told or ["?"])[-1][:200]

    def _started(self, rank, port):
        quiet = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
        tell = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": WORLD, "LOCAL_WORLD_SIZE": WORLD}
        tell |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": 1}
        tell |= {"TORCHELASTIC_USE_AGENT_STORE": "True", "CUDA_VISIBLE_DEVICES": ""}
        path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        environment = {**quiet, **os.environ, **path, **{k: str(v) for k, v in tell.items()}}
        command = [sys.executable, __file__, json.dumps(self.job)]
        return subprocess.Popen(  # noqa: S603
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _heard(self, rank, told):
        """Note what a rank told; return the number of the step, if it was one."""
        if "accuracy" in told:
            self.accuracy[rank] = told["accuracy"]
            return 0
        self.read[rank] += told["numbers"]
        self.sizes[rank].append(len(told["numbers"]))
        self.losses[rank].append(told["loss"])
        if "weights" in told:
            self.weights[rank].append(told["weights"])
        return len(self.losses[rank])

    def drift(self):
        """Return how far the weights of the ranks are apart in the end."""
        count = min(map(len, self.weights))
        one, other = (torch.tensor(self.weights[rank][count - 1]) for rank in range(WORLD))
        return (one - other).abs().max().item()


def _read(stream, rank, lines):
    for line in stream:
        lines.put((rank, line))
    lines.put((rank, None))


def _compared(run, solution):
    """What became of the bugs, beside what is right."""
    from prep.lab.events import Table, Text

    share = TRAIN // WORLD
    first = [set(read[:share]) for read in run.read]
    orders = {
        tuple(run.read[0][start : start + share]) for start in range(0, len(run.read[0]), share)
    }
    epochs = len(run.read[0]) // share
    both, neither = len(first[0] & first[1]), TRAIN - len(first[0] | first[1])
    loads, true = _checked(run.file)
    away = {"RANK": "9", "LOCAL_RANK": "1", "WORLD_SIZE": "16"}
    device = str(solution.placement(away, True)["device"])
    backend = str(solution.placement({**away, "RANK": "1"}, False)["backend"])
    yes, no = Text("yes", "是"), Text("no", "否")
    rows = (
        (
            Text("examples that both ranks read, epoch 0", "epoch 0 两个 rank 都读了的样本"),
            str(both),
            "0",
        ),
        (Text("examples that neither read, epoch 0", "epoch 0 谁都没读的样本"), str(neither), "0"),
        (
            Text("examples in a step, both together", "一次更新的样本数，合计"),
            str(sum(s[0] for s in run.sizes)),
            str(BATCH),
        ),
        (
            Text("different orders on rank 0", "rank 0 上不同的顺序"),
            f"{len(orders)}/{epochs}",
            f"{epochs}/{epochs}",
        ),
        (Text("weights apart in the end", "最后权重相差"), f"{run.drift():.1e}", "0.0e+00"),
        (
            Text("the plain model loads the checkpoint", "原模型能载入检查点"),
            yes if loads else no,
            yes,
        ),
        (
            Text("held-out accuracy, reported", "留出集准确率，报告的"),
            f"{float(run.accuracy[0]):.4f}",
            true,
        ),
        (
            Text("GPU of rank 9, the second of its machine", "rank 9（本机第 2 个）的 GPU"),
            device,
            "cuda:1",
        ),
        (Text("backend without CUDA", "没有 CUDA 时的后端"), backend, "gloo"),
    )
    return Table(
        Text("What the ranks did", "两个 rank 做了什么"),
        ("", Text("now", "现在"), Text("right", "应为")),
        rows,
    )


def _checked(file):
    """Say whether the plain model loads the checkpoint, and what its accuracy is."""
    model, (x, y) = Digits().eval(), digits()
    state = torch.load(file)
    try:
        model.load_state_dict(state)
    except RuntimeError:
        model.load_state_dict(
            {name.removeprefix("module."): value for name, value in state.items()}
        )
        loads = False
    else:
        loads = True
    with torch.no_grad():
        right = (model(x[TRAIN:]).argmax(dim=1) == y[TRAIN:]).double().mean().item()
    return loads, f"{right:.4f}"


def _rank(job):
    """Be one of the ranks."""
    torch.set_num_threads(1)
    begin, kept = dist.init_process_group, []

    def init_process_group(backend=None, *args, **kwargs):
        begin(job["backend"] or backend, *args, **{"timeout": PATIENCE, **kwargs})
        kept.append(dist.group.WORLD)  # its end may wait for ever (pytorch/pytorch#56297)

    dist.init_process_group = init_process_group
    spec = importlib.util.spec_from_file_location("solution", job["solution"])
    solution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(solution)
    x, y = torch.load(job["data"])
    torch.manual_seed(job["seed"] + int(os.environ["RANK"]))
    model = Digits()
    model.truth = y
    accuracy = solution.train(
        model, TensorDataset(x[:TRAIN], y[:TRAIN]), TensorDataset(x[TRAIN:], y[TRAIN:]), job["file"],
        epochs=job["epochs"], batch_size=BATCH, lr=RATE, seed=job["seed"],
    )  # fmt: skip
    _tell({"accuracy": float(accuracy)})
    os._exit(0)  # what the group has left must not keep the process


if __name__ == "__main__":
    _rank(json.loads(sys.argv[1]))
