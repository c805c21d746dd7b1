"""Trains a digit classifier with the loop, cuts the power, and goes on."""

import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset, random_split

from prep.lab.events import Artefact, Metric, Progress, Say, Table, Text

BATCH, ACCUMULATE = 32, 2


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.manual_seed(stage.seed)
    data, source = _digits()
    yield Say(Text(f"Data: {source}.", f"数据：{source}。"))
    epochs = stage.steps(quick=8, full=40)
    cut = epochs // 2
    kept = torch.Generator().manual_seed(stage.seed)
    train, valid = random_split(data, [0.8, 0.2], generator=kept)
    updates = -(-len(train) // (BATCH * ACCUMULATE))  # in an epoch, rounded up
    loaders = [DataLoader(train, BATCH, shuffle=True), DataLoader(valid, 256)]
    amp = stage.device.startswith("cuda") and torch.cuda.is_bf16_supported()
    path = Path(stage.folder) / "last.pt"
    path.unlink(missing_ok=True)

    def one_more(epochs_done, checkpoint):
        """Call `fit` with everything new, as a restarted program would."""
        model = _model(data.tensors[0].shape[1:]).to(stage.device)
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
        total = epochs * updates
        scheduler = LambdaLR(optimizer, lambda step: solution.lr_factor(step, updates, total))
        options = {"accumulate": ACCUMULATE, "max_norm": 1.0, "amp": amp, "device": stage.device}
        history = solution.fit(
            model, *loaders, F.cross_entropy, optimizer, scheduler,
            epochs=epochs_done, checkpoint=checkpoint, **options,
        )  # fmt: skip
        return model, history, scheduler.get_last_lr()[0]

    started = time.perf_counter()
    torch.manual_seed(stage.seed)
    for epoch in range(1, epochs + 1):  # each round is a restart from the checkpoint
        model, history, rate = one_more(epoch, path)
        for name, values in history.items():
            yield Metric(name, epoch, values[-1])
        yield Metric("learning_rate", epoch, rate)
        yield Progress("training", epoch, epochs)
        if epoch == cut:
            yield Say(Text("Power cut: everything starts anew.", "断电：一切重新开始。"))
            torch.manual_seed(stage.seed + 1)
    seconds = time.perf_counter() - started
    loss, accuracy = solution.evaluate(model, loaders[1], F.cross_entropy, device=stage.device)

    straight = Path(stage.folder) / "straight.pt"
    straight.unlink(missing_ok=True)
    torch.manual_seed(stage.seed)
    other, _, _ = one_more(epochs, straight)
    same = all(map(torch.equal, model.state_dict().values(), other.state_dict().values()))
    straight.unlink()
    torch.save(model.state_dict(), Path(stage.folder) / "best.pt")
    rows = (
        ("validation accuracy", f"{accuracy:.4f}"),
        ("validation loss", f"{loss:.4f}"),
        ("best epoch", str(history["valid_loss"].index(min(history["valid_loss"])) + 1)),
        ("equal to an uninterrupted run", "bit for bit" if same else "no"),
        ("parameters", str(sum(p.numel() for p in model.parameters()))),
        ("mixed precision", "bfloat16" if amp else "off"),
        ("seconds", f"{seconds:.1f}"),
        ("device", stage.device),
        ("data", source),
        ("seed", str(stage.seed)),
    )
    yield Table("results", ("what", "value"), rows)
    yield Artefact(str(path))
    yield Artefact(str(Path(stage.folder) / "best.pt"))


def _model(shape):
    inputs = shape[0]
    return nn.Sequential(nn.Linear(inputs, 96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 10))


def _digits():
    """Return MNIST where torchvision has it on this machine, else scikit-learn's digits."""
    try:
        from torchvision.datasets import MNIST

        root = Path(torch.hub.get_dir()).parent / "datasets"
        images = MNIST(root, train=True, download=False)
        x, y = images.data.flatten(1) / 255, images.targets  # (60000, 784)
        return TensorDataset(x[:12_000], y[:12_000]), "MNIST (cached, first 12,000)"
    except (ImportError, RuntimeError, OSError):
        from sklearn.datasets import load_digits

        digits = load_digits()
        x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
        return TensorDataset(x, torch.tensor(digits.target)), "scikit-learn digits (8 × 8, 1,797)"
