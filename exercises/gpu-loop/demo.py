"""Trains on handwritten digits with the file as it is; compares what it says with what is true."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

HIDDEN, RATE, WARMUP, BATCH, NORM = 128, 0.02, 40, 32, 1.0
TRAIN, WRONG = 600, 0.25  # digits to train on, and the share of them whose label is wrong
# What the same runs give with every bug fixed (seed 0, CPU): about these, in the order of the rows.
HEALTHY = {
    True: ("0.26", "0.53", "0.43", "0.00"),
    False: ("0.05", "0.73", "0.43", "0.00"),
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    epochs = stage.steps(quick=20, full=80)
    run = _Run(solution, stage, epochs)
    yield Say(
        Text(
            f"{TRAIN} handwritten digits to train on, a quarter of them with a wrong label: "
            "training on too long learns these by heart.",
            f"{TRAIN} 个手写数字用于训练，其中四分之一的标签是错的：训练过久就会把它们背下来。",
        )
    )
    for epoch in range(1, epochs + 1):
        told, noted = run.epoch()
        yield Metric("train_loss, reported", epoch, told[0])
        yield Metric("train_loss, true", epoch, noted)
        yield Metric("valid_loss, reported", epoch, told[1])
        yield Metric("valid_loss, true", epoch, run.truth())
        yield Metric("learning_rate", epoch, run.optimizer.param_groups[0]["lr"])
        yield Progress(Text("epochs", "epoch"), epoch, epochs)
    yield Say(Text("The same again, in one call of `fit`.", "同样的训练，这次只调用一次 `fit`。"))
    whole = _Run(solution, stage, epochs)
    history = whole.call(epochs)
    file = stage.folder / "best.pt"
    torch.save(whole.model.state_dict(), file)
    yield Artefact(str(file))
    yield _compared(run, told, noted, whole, history, HEALTHY[stage.quick])
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in run.model.parameters()):,}")
    yield Fact(Text("data", "数据"), "scikit-learn digits (8 × 8, 1,797)")


class _Run:
    """A model, its data, optimizer and schedule, all made with the seed."""

    def __init__(self, solution, stage, epochs):
        self.solution, self.device = solution, stage.device
        self.train, self.valid = _data(stage.seed)
        torch.manual_seed(stage.seed)
        self.model = nn.Sequential(
            nn.Linear(64, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(HIDDEN, 10),
        ).to(stage.device)  # fmt: skip
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE)
        total = epochs * len(self.train)

        def factor(step):
            done = min(max(step - WARMUP, 0) / (total - WARMUP), 1.0)
            return min((step + 1) / WARMUP, 0.5 * (1 + math.cos(math.pi * done)))

        self.scheduler = LambdaLR(self.optimizer, factor)
        self.noted = []

    def epoch(self):
        """Train one epoch; return what `fit` says of it, and the training loss that was noted."""
        self.noted.clear()
        (told,) = self.call(1)
        examples = sum(size for _, size in self.noted)
        return told, sum(loss * size for loss, size in self.noted) / examples

    def call(self, epochs):
        """Call `fit`."""
        return self.solution.fit(
            self.model, self.train, self.valid, self._loss, self.optimizer, self.scheduler, epochs,
            max_norm=NORM,
        )  # fmt: skip

    @torch.no_grad()
    def truth(self):
        """Return the validation loss of the model as it is, in eval mode, over all examples."""
        was = self.model.training
        x, y = (each.to(self.device) for each in self.valid.dataset.tensors)
        loss = F.cross_entropy(self.model.eval()(x), y).item()
        self.model.train(was)
        return loss

    def _loss(self, outputs, y):
        loss = F.cross_entropy(outputs, y)
        if loss.requires_grad:  # training, not validation
            self.noted.append((loss.item(), len(y)))
        return loss


def _data(seed):
    from sklearn.datasets import load_digits

    digits = load_digits()
    chance = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(digits.target), generator=chance)
    x = torch.tensor(digits.data, dtype=torch.float32)[order] / 16  # (1797, 64)
    y = torch.tensor(digits.target)[order]
    wrong = torch.rand(TRAIN, generator=chance) < WRONG
    y[:TRAIN][wrong] = torch.randint(10, (int(wrong.sum()),), generator=chance)
    train = DataLoader(TensorDataset(x[:TRAIN], y[:TRAIN]), BATCH, shuffle=True)
    return train, DataLoader(TensorDataset(x[TRAIN:], y[TRAIN:]), 500)


def _compared(run, told, noted, whole, history, healthy):
    """What the file reports, what is true, and what a healthy run gives."""
    best = min(loss for _, loss, _ in history)
    rate = run.optimizer.param_groups[0]["lr"]
    last = Text("last epoch", "最后一个 epoch")
    rows = (
        (Text(f"training loss, {last.en}", f"训练损失，{last.zh}"), told[0], noted),
        (Text(f"validation loss, {last.en}", f"验证损失，{last.zh}"), told[1], run.truth()),
        (
            Text("validation loss of the weights that stay", "留下的权重的验证损失"),
            best,
            whole.truth(),
        ),
        (Text("learning rate at the end", "最后的学习率"), None, rate),
    )
    cells = tuple(
        (name, "" if said is None else f"{float(said):.4f}", f"{true:.4f}", well)
        for (name, said, true), well in zip(rows, healthy, strict=True)
    )
    head = ("", Text("reported", "报告的"), Text("true", "真实的"), Text("all fixed", "全部改对后"))
    return Table(Text("Is it true?", "是真的吗？"), head, cells)
