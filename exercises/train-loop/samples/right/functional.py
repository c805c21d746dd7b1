"""Calls the model as a function of its parameters, seeds each epoch, and keeps each in a file."""

import math
import os

import torch
from torch.func import functional_call


def lr_factor(step, warmup, total):
    match step:
        case _ if step < warmup:
            return (step + 1) / warmup
        case _ if step < total:
            return 0.5 + 0.5 * math.cos((step - warmup) * math.pi / (total - warmup))
    return 0.0


def _in_groups(batches, accumulate):
    batches = iter(batches)
    while True:
        group = [batch for _, batch in zip(range(accumulate), batches, strict=False)]
        if not group:
            return
        yield group


def train_epoch(
    model, batches, loss_fn, optimizer, scheduler=None, *, accumulate=1, max_norm=None, amp=False,
    device="cpu",
):  # fmt: skip
    model.train(True)
    parameters = dict(model.named_parameters())
    device = torch.device(device)
    total, seen = torch.zeros((), device=device), 0  # float32: exact enough for a report
    for group in _in_groups(batches, accumulate):
        size = sum(y.size(0) for _, y in group)
        gradients = None
        for x, y in group:
            x, y = x.to(device), y.to(device)
            with torch.autocast(device.type, torch.bfloat16, enabled=amp):
                outputs = functional_call(model, parameters, (x,))
                loss = loss_fn(outputs, y)
            share = torch.tensor(y.size(0)) / torch.tensor(size)
            parts = torch.autograd.grad(loss * share.to(device), list(parameters.values()))
            before = gradients or [torch.zeros_like(part) for part in parts]
            gradients = [a + b for a, b in zip(before, parts, strict=True)]
            total += loss.detach() * y.size(0)
        if max_norm is not None:
            norm = torch.linalg.vector_norm(torch.stack([g.norm() for g in gradients]))
            if norm > max_norm:
                gradients = [g * (max_norm / norm) for g in gradients]
        for parameter, gradient in zip(parameters.values(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        scheduler and scheduler.step()
        seen += size
    return total.item() / seen


@torch.inference_mode()
def evaluate(model, batches, loss_fn, *, device="cpu"):
    before = model.training
    try:
        model.eval()
        sums = [0.0, 0, 0]
        for x, y in batches:
            outputs = model(x.to(device)).cpu()
            sums[0] += float(loss_fn(outputs.to(device), y.to(device))) * y.numel()
            sums[1] += int(torch.sum(outputs.max(dim=1).indices == y.cpu()))
            sums[2] += y.numel()
    finally:
        model.train(before)
    return [sums[0] / sums[2], sums[1] / sums[2]]


def _file(checkpoint, name):
    return f"{os.fspath(checkpoint)}.{name}"


def fit(
    model, train, valid, loss_fn, optimizer, scheduler=None, *, epochs, checkpoint, accumulate=1,
    max_norm=None, amp=False, device="cpu",
):  # fmt: skip
    train_losses, scores = (), ()
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["weights"])
        optimizer.load_state_dict(saved["moments"])
        if scheduler:
            scheduler.load_state_dict(saved["schedule"])
        train_losses, scores = saved["train_losses"], saved["scores"]
    for epoch in range(len(scores), epochs):
        torch.manual_seed(97 * epoch + 3)  # the same shuffling and dropout, whenever it comes
        loss = train_epoch(
            model, train, loss_fn, optimizer, scheduler,
            accumulate=accumulate, max_norm=max_norm, amp=amp, device=device,
        )  # fmt: skip
        train_losses = (*train_losses, loss)
        scores = (*scores, tuple(evaluate(model, valid, loss_fn, device=device)))
        torch.save(model.state_dict(), _file(checkpoint, epoch))
        saved = {
            "weights": model.state_dict(),
            "moments": optimizer.state_dict(),
            "schedule": scheduler.state_dict() if scheduler else {},
            "train_losses": train_losses,
            "scores": scores,
        }
        torch.save(saved, checkpoint)
    losses, accuracies = zip(*scores, strict=True)
    best = losses.index(min(losses))
    model.load_state_dict(torch.load(_file(checkpoint, best)))
    return {"train_loss": train_losses, "valid_loss": losses, "valid_accuracy": accuracies}
