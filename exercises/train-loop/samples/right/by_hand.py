"""Uses no helper of torch: gradients from torch.autograd.grad, clipping and averaging by hand."""

import math
import os

import torch


def lr_factor(step, warmup, total):
    rising = (step + 1) / warmup if warmup > 0 else 1.0
    if rising <= 1.0 and step < warmup:
        return rising
    return (
        math.cos(math.pi / 2 * min(1.0, (step - warmup) / (total - warmup))) ** 2
        if step < total
        else 0.0
    )


def _groups(batches, size):
    group = []
    for number, batch in enumerate(batches, 1):
        group.append(batch)
        if number % size == 0:
            yield group
            group = []
    if group:
        yield group


def train_epoch(
    model, batches, loss_fn, optimizer, scheduler=None, *, accumulate=1, max_norm=None, amp=False,
    device="cpu",
):  # fmt: skip
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    all_losses, all_counts = 0.0, 0
    for group in _groups(batches, accumulate):
        counts = torch.tensor([len(y) for _, y in group], dtype=torch.float64)
        shares = (counts / counts.sum()).tolist()
        means = [torch.zeros_like(p) for p in parameters]
        for share, count, (x, y) in zip(shares, counts.tolist(), group, strict=True):
            x, y = (t.to(device) for t in (x, y))
            if amp:
                with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
                    out = model(x)
                loss = loss_fn(out.float(), y)
            else:
                loss = loss_fn(model(x), y)
            for mean, gradient in zip(means, torch.autograd.grad(loss, parameters), strict=True):
                mean.add_(gradient, alpha=share)
            all_losses += loss.item() * count
            all_counts += int(count)
        if max_norm is not None:
            norm = torch.sqrt(sum((mean**2).sum() for mean in means))
            scale = torch.clamp(max_norm / norm, max=1.0)
            means = [mean * scale for mean in means]
        for parameter, mean in zip(parameters, means, strict=True):
            parameter.grad = mean
        optimizer.step()
        if scheduler:
            scheduler.step()
    return all_losses / all_counts


def evaluate(model, batches, loss_fn, *, device="cpu"):
    model.eval()
    with torch.no_grad():
        rows = []
        for x, y in batches:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            right = (logits.argmax(-1) == y).float().mean()
            rows.append((len(y), float(loss_fn(logits, y)), float(right)))
    everything = sum(n for n, _, _ in rows)
    return (
        math.fsum(n * loss for n, loss, _ in rows) / everything,
        round(math.fsum(n * right for n, _, right in rows)) / everything,
    )


def fit(
    model, train, valid, loss_fn, optimizer, scheduler=None, *, epochs, checkpoint, accumulate=1,
    max_norm=None, amp=False, device="cpu",
):  # fmt: skip
    things = {"model": model, "optimizer": optimizer}
    if scheduler is not None:
        things["scheduler"] = scheduler
    state = {"done": 0, "train": [], "loss": [], "accuracy": [], "best": (math.inf, None)}
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, weights_only=False)
        for name, thing in things.items():
            thing.load_state_dict(state[name])
        torch.set_rng_state(state["random"])
    for epoch in range(state["done"], epochs):
        state["train"].append(
            train_epoch(
                model,
                train,
                loss_fn,
                optimizer,
                scheduler,
                accumulate=accumulate,
                max_norm=max_norm,
                amp=amp,
                device=device,
            )  # fmt: skip
        )
        loss, accuracy = evaluate(model, valid, loss_fn, device=device)
        state["loss"].append(loss)
        state["accuracy"].append(accuracy)
        if loss < state["best"][0]:
            state["best"] = (loss, {k: v.detach().clone() for k, v in model.state_dict().items()})
        state.update({name: thing.state_dict() for name, thing in things.items()})
        state.update(done=epoch + 1, random=torch.get_rng_state())
        torch.save(state, checkpoint)
    model.load_state_dict(state["best"][1])
    return {
        "train_loss": state["train"],
        "valid_loss": state["loss"],
        "valid_accuracy": state["accuracy"],
    }
