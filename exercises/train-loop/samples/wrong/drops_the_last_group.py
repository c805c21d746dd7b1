"""Steps only when a group is full: the gradients of the last batches are never used.

fails: test_last_group_counts
"""

import copy
import math
import os
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import LRScheduler

Batches = Iterable[tuple[Tensor, Tensor]]
LossFn = Callable[[Tensor, Tensor], Tensor]


def lr_factor(step: int, warmup: int, total: int) -> float:
    """Return the share of the full learning rate that step 0, 1, 2 … takes."""
    if step < warmup:
        return (step + 1) / warmup  # step 0 already learns a little
    if step >= total:
        return 0.0
    done = (step - warmup) / (total - warmup)  # 0 … 1
    return 0.5 * (1 + math.cos(math.pi * done))


def train_epoch(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFn,
    optimizer: optim.Optimizer,
    scheduler: LRScheduler | None = None,
    *,
    accumulate: int = 1,
    max_norm: float | None = None,
    amp: bool = False,
    device: str | torch.device = "cpu",
) -> float:
    """Train once over the batches; return the mean loss of an example."""
    device = torch.device(device)
    model.train()
    total, seen = 0.0, 0
    batches = iter(batches)
    while group := list(islice(batches, accumulate)):  # the last group may be smaller
        examples = sum(len(y) for _, y in group)
        optimizer.zero_grad()
        for x, y in group:
            x, y = x.to(device), y.to(device)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=amp):
                loss = loss_fn(model(x), y)  # the mean over this batch
            (loss * (len(y) / examples)).backward()  # its share of the mean over the group
            total += loss.item() * len(y)
        seen += examples
        if len(group) < accumulate:
            break  # not enough batches for a step
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return total / seen


@torch.no_grad()
def evaluate(
    model: nn.Module, batches: Batches, loss_fn: LossFn, *, device: str | torch.device = "cpu"
) -> tuple[float, float]:
    """Return the mean loss and the accuracy over all examples."""
    model.eval()
    total, right, seen = 0.0, 0, 0
    for x, y in batches:
        x, y = x.to(device), y.to(device)
        outputs = model(x)  # (batch, classes)
        total += loss_fn(outputs, y).item() * len(y)
        right += (outputs.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, right / seen


def fit(
    model: nn.Module,
    train: Batches,
    valid: Batches,
    loss_fn: LossFn,
    optimizer: optim.Optimizer,
    scheduler: LRScheduler | None = None,
    *,
    epochs: int,
    checkpoint: str | Path,
    accumulate: int = 1,
    max_norm: float | None = None,
    amp: bool = False,
    device: str | torch.device = "cpu",
) -> dict[str, list[float]]:
    """Train until `epochs` are done, going on from the checkpoint; leave the best model."""
    path = Path(checkpoint)
    history: dict[str, list[float]] = {"train_loss": [], "valid_loss": [], "valid_accuracy": []}
    best = model.state_dict()  # until the first epoch is done
    if path.exists():
        state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(state["scheduler"])
        history, best = state["history"], state["best"]
        torch.set_rng_state(state["rng"])  # dropout and shuffling go on as they would have
        if state["cuda_rng"]:
            torch.cuda.set_rng_state_all(state["cuda_rng"])
    for _ in range(len(history["train_loss"]), epochs):
        train_loss = train_epoch(
            model,
            train,
            loss_fn,
            optimizer,
            scheduler,
            accumulate=accumulate,
            max_norm=max_norm,
            amp=amp,
            device=device,
        )
        valid_loss, accuracy = evaluate(model, valid, loss_fn, device=device)
        if valid_loss < min(history["valid_loss"], default=math.inf):
            best = copy.deepcopy(model.state_dict())  # state_dict() alone would change with it
        for name, value in zip(history, (train_loss, valid_loss, accuracy), strict=True):
            history[name].append(value)
        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict() if scheduler is not None else None,
            "history": history,
            "best": best,
            "rng": torch.get_rng_state(),
            "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        torch.save(state, f"{path}.tmp")
        os.replace(f"{path}.tmp", path)  # a cut while saving leaves the old checkpoint whole
    model.load_state_dict(best)
    return history
