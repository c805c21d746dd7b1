"""Gives the optimizer a closure, averages with numpy, and keeps its state in dataclasses."""

import math
from collections import defaultdict, deque
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch


class Score(NamedTuple):
    loss: float
    accuracy: float


@dataclass
class Best:
    loss: float = math.inf
    weights: dict = field(default_factory=dict)


def lr_factor(step, warmup, total):
    if step >= total:
        return 0
    if warmup > step:
        return np.interp(step, [-1, warmup - 1], [0, 1])
    return (
        torch.cos(torch.tensor((step - warmup) / (total - warmup) * math.pi)).add(1).mul(0.5).item()
    )


def train_epoch(
    model, batches, loss_fn, optimizer, scheduler=None, *, accumulate=1, max_norm=None, amp=False,
    device="cpu",
):  # fmt: skip
    model.train()
    losses, sizes = [], []
    mixed = torch.autocast(device_type=str(device).split(":")[0], dtype=torch.bfloat16)
    waiting = deque()

    def closure():
        optimizer.zero_grad(set_to_none=False)
        everything = sum(len(y) for _, y in waiting)
        while waiting:
            x, y = waiting.popleft()
            x, y = x.to(device), y.to(device)
            with mixed if amp else nullcontext():
                loss = loss_fn(model(x), y)
            torch.autograd.backward(loss, torch.tensor(len(y) / everything).to(loss))
            losses.append(loss.item())
            sizes.append(len(y))
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=max_norm)

    def step():
        optimizer.step(closure)
        if scheduler is not None:
            scheduler.step()

    for batch in batches:
        waiting.append(batch)
        if len(waiting) == accumulate:
            step()
    if waiting:
        step()
    return np.average(losses, weights=sizes)


def evaluate(model, batches, loss_fn, *, device="cpu"):
    with torch.inference_mode():
        model.eval()
        pairs = [(model(x.to(device)), y.to(device)) for x, y in batches]
        outputs, targets = (torch.cat(parts) for parts in zip(*pairs, strict=True))
        loss = loss_fn(outputs, targets)
        accuracy = (outputs.argmax(dim=-1) == targets).float().mean()
    return Score(loss.item(), accuracy.item())


def fit(model, train, valid, loss_fn, optimizer, scheduler=None, *, epochs, checkpoint, **options):
    path = Path(checkpoint)
    history, best, first = defaultdict(list), Best(), 0
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    parts = {name: part for name, part in parts.items() if part is not None}
    if path.exists():
        saved = torch.load(path, weights_only=False, map_location="cpu")
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        first, best = saved["epoch"], Best(**saved["best"])
        history.update(saved["history"])
        torch.set_rng_state(saved["rng"])
    for epoch in range(first, epochs):
        history["train_loss"].append(
            train_epoch(model, train, loss_fn, optimizer, scheduler, **options)
        )
        score = evaluate(model, valid, loss_fn, device=options.get("device", "cpu"))
        history["valid_loss"].append(score.loss)
        history["valid_accuracy"].append(score.accuracy)
        history["epoch"].append(epoch)
        if score.loss < best.loss:
            weights = {name: value.clone() for name, value in model.state_dict().items()}
            best = Best(score.loss, weights)
        saved = {name: part.state_dict() for name, part in parts.items()}
        saved |= {"epoch": epoch + 1, "best": asdict(best), "history": dict(history)}
        torch.save(saved | {"rng": torch.get_rng_state()}, path)
    model.load_state_dict(best.weights)
    return history
