"""A Trainer class; scales the loss, which bfloat16 does not need, and unscales before clipping."""

import copy
import math
import os
import random

import numpy as np
import torch
from torch import nn


class Trainer:
    def __init__(self, model, loss_fn, optimizer, scheduler, accumulate, max_norm, amp, device):
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer
        self.scheduler, self.accumulate, self.max_norm = scheduler, accumulate, max_norm
        self.device, self.amp = torch.device(device), amp
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=amp)
        self.sum = self.count = 0

    def forward(self, x, y):
        x, y = x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.amp):
            return self.loss_fn(self.model(x), y)

    def epoch(self, batches):
        self.model.train()
        self.optimizer.zero_grad()
        seen_in_step = 0
        number = 0
        for number, (x, y) in enumerate(batches, 1):
            loss = self.forward(x, y)
            self.scaler.scale(loss * y.shape[0]).backward()
            self.sum += loss.detach().item() * y.shape[0]
            self.count += y.shape[0]
            seen_in_step += y.shape[0]
            if number % self.accumulate == 0:
                self.step(seen_in_step)
                seen_in_step = 0
        if number % self.accumulate:
            self.step(seen_in_step)
        return self.sum / self.count

    def step(self, examples):
        self.scaler.unscale_(self.optimizer)
        with torch.no_grad():
            for p in self.model.parameters():
                if p.grad is not None:
                    p.grad /= examples
        if self.max_norm is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm, foreach=False)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad()
        if self.scheduler is not None:
            self.scheduler.step()


def lr_factor(step: int, warmup: int, total: int) -> float:
    step = min(step, total)
    if step < warmup:
        return float(step + 1) / float(max(1, warmup))
    progress = float(step - warmup) / float(max(1, total - warmup))
    return max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress))) if step < total else 0.0


def train_epoch(
    model, batches, loss_fn, optimizer, scheduler=None, *, accumulate=1, max_norm=None, amp=False,
    device="cpu",
):  # fmt: skip
    trainer = Trainer(
        model, loss_fn, optimizer, scheduler, accumulate, max_norm, amp, device
    )  # fmt: skip
    return trainer.epoch(batches)


def evaluate(model, batches, loss_fn, *, device="cpu"):
    model.eval()
    loss_sum = torch.zeros(1, dtype=torch.float32, device=device)
    correct = torch.zeros(1, dtype=torch.long, device=device)
    count = 0
    for x, y in batches:
        with torch.no_grad():
            x, y = x.to(device), y.to(device)
            output = model(x)
            loss_sum += loss_fn(output, y) * x.size(0)
            correct += output.argmax(1).eq(y).sum()
            count += x.size(0)
    return (loss_sum / count).item(), correct.item() / count


def _random_state():
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None,
        "python": random.getstate(),
        "numpy": np.random.get_state(),
    }


def _set_random_state(state):
    torch.set_rng_state(state["torch"])
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    if state["cuda"] is not None:
        torch.cuda.set_rng_state_all(state["cuda"])


def fit(
    model, train, valid, loss_fn, optimizer, scheduler=None, *, epochs, checkpoint,
    device="cpu", **kwargs,
):  # fmt: skip
    checkpoint = str(checkpoint)
    history = {"train_loss": [], "valid_loss": [], "valid_accuracy": []}
    best_model, best_loss = None, float("inf")
    if os.path.isfile(checkpoint):
        state = torch.load(checkpoint, map_location="cpu", weights_only=False)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(state["scheduler"])
        history, best_loss = state["history"], state["best_loss"]
        best_model = copy.deepcopy(model)
        best_model.load_state_dict(state["best"])
        _set_random_state(state["random"])
    while len(history["train_loss"]) < epochs:
        loss = train_epoch(model, train, loss_fn, optimizer, scheduler, device=device, **kwargs)
        valid_loss, valid_accuracy = evaluate(model, valid, loss_fn, device=device)
        history["train_loss"].append(loss)
        history["valid_loss"].append(valid_loss)
        history["valid_accuracy"].append(valid_accuracy)
        if valid_loss <= best_loss:
            best_loss, best_model = valid_loss, copy.deepcopy(model)
        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict() if scheduler is not None else None,
            "best": best_model.state_dict(),
            "best_loss": best_loss,
            "history": history,
            "random": _random_state(),
        }
        torch.save(state, checkpoint + ".new")
        os.rename(checkpoint + ".new", checkpoint)
    with torch.no_grad():
        for kept, value in zip(
            best_model.state_dict().values(), model.state_dict().values(), strict=True
        ):
            value.copy_(kept)
    return history
