"""Trains a classifier of source lines, saves it as on a GPU, and serves it with the solution."""

import argparse
import difflib
import inspect
import os
import tarfile
import time
import zlib
from contextlib import suppress
from unittest import mock

import torch
from torch import nn
from torch.nn import functional as F

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

MODULES, VOCAB, WIDTH, LIMIT, REQUESTS = (argparse, difflib, tarfile), 4000, 32, 400, 50
YOURS, SOUND = Text("yours", "你的"), Text("sound", "正常")
YES, NO = Text("yes", "是"), Text("no", "否")


class Classifier(nn.Module):
    """Means of word vectors, dropout, batch normalisation: (batch, time), (batch,) → logits."""

    def __init__(self, vocab, width, classes):
        super().__init__()
        self.words = nn.Embedding(vocab, width)
        self.drop = nn.Dropout(0.5)
        self.norm = nn.BatchNorm1d(width)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens, lengths):
        real = torch.arange(tokens.shape[1], device=tokens.device) < lengths[:, None]
        mean = (self.words(tokens) * real[..., None]).sum(dim=1) / lengths[:, None]
        return self.head(self.norm(self.drop(mean)))


class Hidden:
    """Code in a checkpoint: here it only notes that it ran."""

    def __reduce__(self):
        return exec, ("import os; os.environ['PREP_DEMO_CODE_RAN'] = '1'",)


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    rows, labels = _lines()
    cut = len(rows) * 4 // 5
    names = ", ".join(module.__name__ for module in MODULES)
    yield Fact(
        "data",
        Text(
            f"{len(rows):,} lines of Python's own {names}: which of them is a line from?",
            f"Python 自带的 {names} 源码共 {len(rows):,} 行：判断一行出自哪个模块",
        ),
    )
    model = Classifier(VOCAB, WIDTH, len(MODULES))
    yield Fact("parameters", f"{sum(p.numel() for p in model.parameters()):,}")
    yield from _trained(model, rows[:cut], labels[:cut], stage)
    file = stage.folder / "model.pt"
    _save(file, model)
    yield Artefact(str(file))
    served, told = _loaded(solution, file)
    yield Say(Text(f"load_model: {told}", f"load_model：{told}"))
    given, truth = rows[cut:], labels[cut:]
    logits, answers = yield from _served(solution, served, given)
    before = _accuracy(_forward(model.eval(), given), truth)
    yield _symptoms(
        (
            (Text("a file from a GPU loads", "来自 GPU 的文件能加载"), _said(told == "ok"), YES),
            (Text("code in a file runs", "文件里的代码被执行"), _said(_runs(solution, stage)), NO),
            (Text("accuracy on held-out lines", "留出行上的准确率"), f"{_accuracy(logits, truth):.1%}", f"{before:.1%}"),
            (Text("answers change when asked again", "再问一次回答就变"), _said(_changes(solution, served, given)), NO),
            (Text("answers keep a graph", "回答带着计算图"), _said(logits.requires_grad), NO),
            (Text("tokens of the largest batch, padded", "最大批次的 token 数（填充后）"), str(_largest(solution, given)), f"≤ {LIMIT}"),
            (Text("p99 / slowest of 50 requests, ms", "50 个请求的 p99 / 最慢，毫秒"), _slowest(solution, answers), Text("equal", "相等")),
            (Text("healthy with NaN in its weights", "权重里有 NaN 仍算健康"), _said(_lies(solution, given)), NO),
        )
    )  # fmt: skip


def _lines():
    """Return rows of word ids and labels, shuffled alike each time."""
    found = []
    for label, module in enumerate(MODULES):
        for line in inspect.getsource(module).splitlines():
            words = line.split()
            if len(words) > 2:
                found.append(([1 + zlib.crc32(w.encode()) % (VOCAB - 1) for w in words], label))
    order = torch.randperm(len(found), generator=torch.Generator().manual_seed(0))
    rows, labels = zip(*(found[i] for i in order), strict=True)
    return list(rows), torch.tensor(labels)


def _padded(rows):
    tokens = [torch.tensor(row) for row in rows]
    lengths = torch.tensor([len(row) for row in rows])
    return nn.utils.rnn.pad_sequence(tokens, batch_first=True), lengths


@torch.no_grad()
def _forward(model, rows):
    return model(*_padded(rows))


def _trained(model, rows, labels, stage):
    optimizer, epochs = torch.optim.Adam(model.parameters(), lr=1e-2), stage.steps(quick=6, full=20)
    for epoch in range(1, epochs + 1):
        losses = []
        for chosen in torch.randperm(len(rows)).split(64):
            optimizer.zero_grad()
            logits = model(*_padded([rows[i] for i in chosen.tolist()]))
            loss = F.cross_entropy(logits, labels[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        yield Metric("loss", epoch, sum(losses) / len(losses))
        yield Progress(Text("training", "训练"), epoch, epochs)


def _content(model):
    config = {"vocab": VOCAB, "width": WIDTH, "classes": len(MODULES)}
    return {"config": config, "model": model.state_dict()}


def _save(file, model):
    """Save as a machine with 64 GPUs would: a file says of its tensors where they were."""
    new = file.with_suffix(".part")
    with mock.patch("torch.serialization.location_tag", return_value="cuda:63"):
        torch.save(_content(model), new)
    new.replace(file)


def _loaded(solution, file):
    """Return the loaded model and "ok"; where that fails, ours and what was raised."""
    try:
        return solution.load_model(Classifier, str(file)), "ok"
    except Exception as error:
        first = str(error).split(". ")[0]
        told = f"{type(error).__name__}: {first[:100]}"
        saved = torch.load(file, map_location="cpu", weights_only=True)
    plain = file.with_name("plain.pt")
    torch.save(saved, plain)
    return solution.load_model(Classifier, str(plain)), told


def _served(solution, model, rows):
    """Serve the rows as so many requests; return all logits and the seconds of each request."""
    size, found, seconds = -(-len(rows) // REQUESTS), [], []
    for start in range(0, len(rows), size):
        began = time.perf_counter()
        found.append(solution.predict(model, rows[start : start + size], LIMIT))
        seconds.append(1000 * (time.perf_counter() - began))
        yield Metric("ms of a request", len(seconds), seconds[-1])
        yield Progress(Text("requests", "请求"), len(seconds), -(-len(rows) // size))
    return torch.cat(found), seconds


def _accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).float().mean().item()


def _runs(solution, stage):
    """Whether loading a hostile file runs what is hidden in it."""
    file = stage.folder / "hostile.pt"
    torch.save({**_content(Classifier(VOCAB, WIDTH, len(MODULES))), "note": Hidden()}, file)
    with suppress(Exception):  # it should be refused
        solution.load_model(Classifier, str(file))
    file.unlink()
    return os.environ.pop("PREP_DEMO_CODE_RAN", None) is not None


def _changes(solution, model, rows):
    one, two = (solution.predict(model, rows[:50], LIMIT) for _ in range(2))
    return (one - two).abs().max().item() > 1e-5


def _largest(solution, rows):
    lengths = [len(row) for row in rows]
    return max(
        len(group) * max(lengths[i] for i in group) for group in solution.batches(lengths, LIMIT)
    )


def _slowest(solution, seconds):
    return f"{solution.percentile(seconds, 99):.1f} / {max(seconds):.1f}"


def _lies(solution, rows):
    broken = Classifier(VOCAB, WIDTH, len(MODULES)).eval()
    nn.init.constant_(broken.head.weight, float("nan"))
    return solution.is_healthy(broken, rows[:5], LIMIT)


def _said(condition):
    return YES if condition else NO


def _symptoms(rows):
    head = (Text("what is measured", "测量内容"), YOURS, SOUND)
    return Table(Text("Symptoms", "症状"), head, rows)
