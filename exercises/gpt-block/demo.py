"""Trains the GPT on source code, and measures it in ways that a bug cannot please all at once."""

import argparse
import inspect
import json.decoder
import textwrap

import torch
from torch.nn import functional as F

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

CONTEXT, WIDTH, HEADS, DEPTH, DROPOUT, BATCH = 32, 48, 4, 2, 0.1, 24  # BATCH ≤ CONTEXT
# What our own solution gave: after a quick run with seeds 0 to 2, after a full one with 0 and 1.
SOUND = {
    "trained": ("1.8–1.9", "1.2"),
    "parallel": ("1.7–1.8", "1.0–1.1"),
    "alone": ("1.7–1.8", "1.1–1.3"),
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    text = "".join(inspect.getsource(each) for each in (textwrap, json.decoder, argparse))
    letters = sorted(set(text))
    data = torch.tensor([letters.index(letter) for letter in text], device=stage.device)
    cut = len(data) * 9 // 10
    yield Fact(
        "data",
        Text(
            f"Python's own textwrap, json, argparse: {len(text):,} characters, {len(letters)} kinds",
            f"Python 自带的 textwrap、json、argparse 源码：{len(text):,} 个字符，{len(letters)} 种",
        ),
    )
    sizes = (len(letters), CONTEXT, WIDTH, HEADS, DEPTH, DROPOUT)
    model = solution.GPT(*sizes).to(stage.device)
    yield Fact("parameters", f"{sum(p.numel() for p in model.parameters()):,}")
    losses = yield from _trained(solution, model, data[:cut], data[cut:], stage)
    yield _numbers(model, losses, data[cut:], stage)
    yield _habits(model, data[cut:])
    told = _written(model, data[cut : cut + CONTEXT // 2], 200)
    yield Say(Text("What it writes:", "它写出的文字："))
    for line in "".join(letters[i] for i in told).splitlines():
        yield Say(Text(line, line))


def _trained(solution, model, train, held_out, stage):
    """Train, measure the held-out text now and then, keep a checkpoint; return the losses."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    steps, losses, file = stage.steps(quick=300, full=2000), [], stage.folder / "model.pt"
    try:
        for step in range(1, steps + 1):
            losses.append(solution.train_step(model, optimizer, _windows(train, BATCH)))
            yield Progress(Text("training", "训练"), step, steps)
            if step % (steps // 20) == 0:
                recent = losses[-(steps // 20) :]
                yield Metric("loss, train_step", step, sum(recent) / len(recent))
                yield Metric("loss, held out", step, _alone(model, held_out, 1))
    finally:  # Ctrl-C too
        new = file.with_suffix(".part")
        torch.save(model.state_dict(), new)
        new.replace(file)
        yield Artefact(str(file))
    return losses


def _windows(data, count, length=CONTEXT):
    """Return `count` stretches of the text: (count, length)."""
    starts = torch.randint(len(data) - length, (count,), device=data.device)
    return data[starts[:, None] + torch.arange(length, device=data.device)]


@torch.no_grad()
def _parallel(model, data, batches):
    """Mean loss of the next letter, all steps of a window at once."""
    model.eval()
    found = []
    for _ in range(batches):
        tokens = _windows(data, BATCH)
        logits = model(tokens[:, :-1]).flatten(0, 1)
        found.append(F.cross_entropy(logits, tokens[:, 1:].flatten()).item())
    return sum(found) / len(found)


@torch.no_grad()
def _alone(model, data, batches):
    """Mean loss of the next letter when the model is given what comes before it and nothing else."""
    model.eval()
    found = []
    for _ in range(batches):
        tokens = _windows(data, BATCH)
        for seen in range(1, CONTEXT, 5):
            logits = model(tokens[:, :seen])[:, -1]
            found.append(F.cross_entropy(logits, tokens[:, seen]).item())
    return sum(found) / len(found)


def _numbers(model, losses, held_out, stage):
    last = losses[-max(1, len(losses) // 10) :]
    rows = (
        (
            Text("loss that train_step returns", "train_step 返回的损失"),
            sum(last) / len(last),
            "trained",
        ),
        (
            Text("held out, all steps at once", "留出文本，所有步并行"),
            _parallel(model, held_out, 10),
            "parallel",
        ),
        (
            Text("held out, one letter at a time", "留出文本，逐字预测"),
            _alone(model, held_out, 10),
            "alone",
        ),
    )
    head = (Text("loss at the end", "最后的损失"), Text("yours", "你的"), Text("sound", "正常"))
    shown = tuple((name, f"{value:.2f}", _sound(key, stage)) for name, value, key in rows)
    return Table(Text("Three ways to measure one loss", "同一损失的三种量法"), head, shown)


def _sound(key, stage):
    return SOUND[key][stage.steps(quick=0, full=1)]


@torch.no_grad()
def _habits(model, data):
    """What must be zero, and what must not."""
    model.eval()
    tokens = _windows(data, 6)
    logits = model(tokens)
    later = tokens.clone()
    later[:, -1] = tokens[:, -1].roll(1)
    turned = tokens.clone()
    turned[:, :2] = tokens[:, :2].flip(1)
    twice = tokens[:1].expand(6, -1)
    rows = (
        (
            Text("the same text again", "同一文本再算一次"),
            (model(tokens) - logits).abs().max(),
            "0",
        ),
        (
            Text("another last letter: logits before it", "改最后一个字：它之前的 logits"),
            (model(later) - logits)[:, :-1].abs().max(),
            "0",
        ),
        (
            Text("one text in two rows of a batch", "同一文本放在批次的两行"),
            (model(twice)[0] - model(twice)[5]).abs().max(),
            "0",
        ),
        (
            Text("first two letters swapped: last logits", "交换前两个字：最后的 logits"),
            (model(turned) - logits)[:, -1].abs().max(),
            "> 0",
        ),
    )
    head = (
        Text("what changes the logits", "什么会改变 logits"),
        Text("yours", "你的"),
        Text("sound", "正常"),
    )
    shown = tuple((name, _size(value.item()), wanted) for name, value, wanted in rows)
    return Table(
        Text("What changes the logits, and by how much", "什么会改变 logits，改变多少"), head, shown
    )


def _size(value):
    return f"{value:.2f}" if value > 1e-3 else "0"  # what rounding leaves is nothing


@torch.no_grad()
def _written(model, start, count):
    """Return `start` and `count` more tokens, drawn one at a time."""
    model.eval()
    told = start.tolist()
    for _ in range(count):
        seen = torch.tensor([told[-(CONTEXT - 1) :]], device=start.device)
        share = (model(seen)[0, -1] / 0.7).softmax(dim=-1)
        told.append(torch.multinomial(share, 1).item())
    return told
