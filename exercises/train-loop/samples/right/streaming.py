"""Streams: sums the gradients as the batches come, and divides when the group is complete."""

import math
from pathlib import Path

import torch
from torch.nn.utils import clip_grad_norm_


def lr_factor(step, warmup, total):
    if warmup and step < warmup:
        return min(1.0, (1 + step) / warmup)
    rest = max(1, total - warmup)
    progress = min(1.0, (step - warmup) / rest) if step < total else 1.0
    return (1 + math.cos(math.pi * progress)) / 2


def train_epoch(
    model, batches, loss_fn, optimizer, scheduler=None, *, accumulate=1, max_norm=None, amp=False,
    device="cpu",
):  # fmt: skip
    kind = torch.device(device).type
    scaler = torch.amp.GradScaler(kind, enabled=False)
    model.train()
    optimizer.zero_grad(set_to_none=True)
    sums, counts, waiting, in_group = [], [], 0, 0

    def update():
        scaler.unscale_(optimizer)
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.grad.div_(waiting)
        if max_norm is not None:
            clip_grad_norm_(model.parameters(), max_norm)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
        if scheduler is not None:
            scheduler.step()

    for inputs, targets in batches:
        inputs = inputs.to(device, non_blocking=True)
        targets = targets.to(device, non_blocking=True)
        if amp:
            with torch.amp.autocast(kind, torch.bfloat16):
                loss = loss_fn(model(inputs), targets)
        else:
            loss = loss_fn(model(inputs), targets)
        count = targets.shape[0]
        scaler.scale(loss * count).backward()
        sums.append(loss.detach() * count)
        counts.append(count)
        waiting += count
        in_group += 1
        if in_group == accumulate:
            update()
            waiting = in_group = 0
    if in_group:
        update()
    return float(sum(sums) / sum(counts))


def evaluate(model, batches, loss_fn, *, device="cpu"):
    was_training = model.training
    model.train(False)
    losses, hits, count = 0.0, 0.0, 0
    with torch.inference_mode():
        for inputs, targets in batches:
            targets = targets.to(device=device)
            logits = model(inputs.to(device=device))
            losses = losses + loss_fn(logits, targets) * targets.numel()
            hits = hits + torch.eq(logits.max(-1).indices, targets).sum()
            count += targets.numel()
    model.train(was_training)
    return float(losses) / count, float(hits) / count


def fit(
    model, train, valid, loss_fn, optimizer, scheduler=None, *, epochs, checkpoint, **options,
):  # fmt: skip
    file = Path(checkpoint)
    best_file = file.with_name(file.name + ".best")
    rows = []
    if file.is_file():
        saved = torch.load(file, weights_only=False)
        for name, part in (("model", model), ("optimizer", optimizer), ("scheduler", scheduler)):
            if part is not None:
                part.load_state_dict(saved[name])
        rows = saved["rows"]
        torch.random.set_rng_state(saved["rng"])
    while len(rows) < epochs:
        mean = train_epoch(model, train, loss_fn, optimizer, scheduler, **options)
        loss, accuracy = evaluate(model, valid, loss_fn, device=options.get("device", "cpu"))
        if all(loss < row[1] for row in rows):
            torch.save(model.state_dict(), best_file)
        rows.append((mean, loss, accuracy))
        saved = {"rows": rows, "rng": torch.random.get_rng_state()}
        for name, part in (("model", model), ("optimizer", optimizer), ("scheduler", scheduler)):
            if part is not None:
                saved[name] = part.state_dict()
        torch.save(saved, file)
    model.load_state_dict(torch.load(best_file))
    names = ("train_loss", "valid_loss", "valid_accuracy")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
