"""A deep ReLU network on handwritten digits: what initialisation and schedule are worth."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from prep.lab.events import Artefact, Fact, Metric, Progress, Table, Text

WIDTH, DEPTH, BATCH, PEAK = 64, 12, 64, 3e-3


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    x_train, x_test, y_train, y_test = _digits(stage.seed)
    yield Fact(
        "data", f"scikit-learn digits: {len(x_train)} for training, {len(x_test)} for the test"
    )
    for name in ("kaiming", "torch's default", "xavier"):
        torch.manual_seed(stage.seed)
        for depth, size in enumerate(_sizes(_network(solution, name)[:-1], x_train[:256]), 1):
            yield Metric(f"log10 of the second moment, {name}", depth, size)
    runs = (
        ("kaiming, schedule", "kaiming", True),
        ("kaiming, fixed rate", "kaiming", False),
        ("torch's default, schedule", "torch's default", True),
    )
    epochs = stage.steps(quick=12, full=60)
    rows = []
    for place, (name, init, scheduled) in enumerate(runs):
        torch.manual_seed(stage.seed)
        model = _network(solution, init)
        for epoch, loss in _training(solution, model, x_train, y_train, epochs, scheduled):
            yield Progress("training", place * epochs + epoch, len(runs) * epochs)
            yield Metric(f"loss, {name}", epoch, loss)
        with torch.no_grad():
            accuracy = (model(x_test).argmax(1) == y_test).float().mean().item()
        rows.append((name, f"{loss:.4f}", f"{accuracy:.1%}"))
        if place == 0:
            torch.save(model.state_dict(), stage.folder / "model.pt")
            yield Artefact(str(stage.folder / "model.pt"))
            yield Fact("parameters", str(sum(p.numel() for p in model.parameters())))
    head = (
        Text("run", "方案"),
        Text("last loss", "最后的损失"),
        Text("test accuracy", "测试准确率"),
    )
    yield Table(Text(f"{DEPTH} layers", f"{DEPTH} 层"), head, tuple(rows))


def _digits(seed):
    digits = load_digits()
    x = torch.tensor(digits.data, dtype=torch.float32)
    y = torch.tensor(digits.target)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=0.4, stratify=y, random_state=seed
    )
    mean, std = x_train.mean(0), x_train.std(0).clamp(min=1e-3)  # of the training part only
    return (x_train - mean) / std, (x_test - mean) / std, y_train, y_test


def _network(solution, init):
    """Return the deep network with a classifier behind it."""
    body = solution.relu_mlp(WIDTH, DEPTH)
    for layer in body.modules():
        if isinstance(layer, nn.Linear) and init == "torch's default":
            layer.reset_parameters()
        if isinstance(layer, nn.Linear) and init == "xavier":
            solution.xavier_uniform_(layer.weight)
    return nn.Sequential(body, nn.Linear(WIDTH, 10))


def _sizes(body, x):
    """Return log₁₀ of the second moment behind each ReLU."""
    found = []
    hooks = [
        m.register_forward_hook(lambda *args: found.append(args[2].square().mean().log10().item()))
        for m in body.modules()
        if isinstance(m, nn.ReLU)
    ]
    with torch.no_grad():
        body(x)
    for hook in hooks:
        hook.remove()
    return found


def _training(solution, model, x, y, epochs, scheduled):
    """Train with the solution's AdamW; yield each epoch and its mean loss."""
    groups = [
        (list(g["params"]), g["weight_decay"]) for g in solution.parameter_groups(model, 0.05)
    ]
    states = {p: {} for params, _ in groups for p in params}
    step, total = 0, epochs * -(-len(x) // BATCH)
    for epoch in range(1, epochs + 1):
        losses = []
        for rows in torch.randperm(len(x)).split(BATCH):
            rate = solution.learning_rate(step, total, total // 10, PEAK) if scheduled else PEAK
            loss = solution.smoothed_cross_entropy(model(x[rows]), y[rows], 0.05)
            model.zero_grad()
            loss.backward()
            for params, decay in groups:
                for p in params:
                    solution.adamw_step(p, p.grad, states[p], rate, weight_decay=decay)
            losses.append(loss.item() * len(rows))
            step += 1
        yield epoch, sum(losses) / len(x)
