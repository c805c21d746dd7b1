"""Trains with the file as it is, beside the curve of a healthy run: the symptoms of the bugs."""

import math

import torch
from sklearn.datasets import load_digits

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

TRAIN, CLASSES, BATCH, RATE = 1200, 10, 60, 0.05
WIDE, NARROW = 96, 48
# What right code gave for the seed 0: the loss at some epochs, and what the table compares.
HEALTHY = {
    1: 1.855, 2: 0.945, 3: 0.521, 4: 0.364, 5: 0.281, 7: 0.193, 10: 0.133, 15: 0.087, 20: 0.062,
    30: 0.036, 40: 0.024, 60: 0.013,
}  # fmt: skip
NUMBERS = {"first": "0.87", "second": "0.71", "loss": "2.60", "quick": "97.3%", "full": "97.7%"}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    images, y = _digits(stage.seed)
    yield Fact(
        "data",
        Text(
            f"scikit-learn digits: {TRAIN} to train on, {len(images) - TRAIN} for the test",
            f"scikit-learn digits：{TRAIN} 条训练，{len(images) - TRAIN} 条测试",
        ),
    )
    model = solution.Classifier(64, WIDE, NARROW, CLASSES)
    yield Fact("parameters", f"{sum(p.numel() for p in model.parameters()):,}")
    spreads = _spreads(model, images[:TRAIN])
    first = solution.cross_entropy(model(images[:TRAIN].flatten(1)), y[:TRAIN]).item()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    epochs = stage.steps(quick=20, full=60)
    for epoch in range(1, epochs + 1):
        losses = []
        for rows in torch.randperm(TRAIN).split(BATCH):
            x = images[rows].flatten(1)
            losses.append(solution.train_step(model, optimizer, solution.cross_entropy, x, y[rows]))
        yield Progress(Text("training", "训练"), epoch, epochs)
        yield Metric("loss, this file", epoch, sum(losses) / len(losses))
        if epoch in HEALTHY:
            yield Metric("loss, healthy run", epoch, HEALTHY[epoch])
    file = stage.folder / "model.pt"
    torch.save(model.state_dict(), file)
    yield Artefact(str(file))
    with torch.no_grad():
        right = model(images[TRAIN:].flatten(1)).argmax(1) == y[TRAIN:]
    healthy = NUMBERS["quick" if stage.quick else "full"]
    rows = (
        *spreads,
        (Text(f"first loss (ln {CLASSES} = {math.log(CLASSES):.2f})", f"第一个损失（ln {CLASSES} = {math.log(CLASSES):.2f}）"), f"{first:.2f}", NUMBERS["loss"]),
        (Text("test accuracy", "测试准确率"), f"{right.float().mean().item():.1%}", healthy),
        (Text("loss of right logits of 1000", "上千 logits 的损失"), _large(solution), "0"),
        (Text("a transposed batch", "转置过的批次"), _turned(model, images), Text("works", "正常")),
    )  # fmt: skip
    head = (Text("what", "项目"), Text("this file", "这个文件"), Text("healthy run", "正常运行"))
    yield Table(Text("Symptoms", "症状"), head, rows)
    yield Say(
        Text(
            "One symptom may have several causes: fix, run again, and look at what is left.",
            "一个症状可能有几个原因：修好一处，再运行，看看还剩什么。",
        )
    )


def _digits(seed):
    """Return images, (n, 8, 8), with mean 0 and std 1 of the training part, and labels."""
    digits = load_digits()
    order = torch.randperm(len(digits.images), generator=torch.Generator().manual_seed(seed))
    images = torch.tensor(digits.images, dtype=torch.float32)[order]
    seen = images[:TRAIN]
    return (images - seen.mean()) / seen.std(), torch.tensor(digits.target)[order]


@torch.no_grad()
def _spreads(model, images):
    """Return rows with the root mean square behind each hidden layer, before training."""
    x, rows = images.flatten(1), []
    for name in ("first", "second"):
        x = getattr(model, name)(x).relu()
        size = x.square().mean().sqrt().item()
        what = Text(f"size of the signal behind `{name}`", f"`{name}` 之后的信号大小")
        rows.append((what, f"{size:.2f}", NUMBERS[name]))
    return rows


def _large(solution):
    return f"{solution.cross_entropy(1000 * torch.eye(3), torch.arange(3)).item():g}"


def _turned(model, images):
    """Tell what the model does with images that lie in memory in another order."""
    try:
        model(images[:3].transpose(1, 2))
    except RuntimeError:
        return "RuntimeError"
    return Text("works", "正常")
