"""Trains a digit classifier with your DP-SGD beside plain SGD, and attacks both."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn import functional as F

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

MEMBERS, HELD_OUT = 600, 600  # few enough to be learnt by heart; the rest is the test
BATCH, MAX_NORM, RATE, DELTA = 60, 1.0, 0.05, 1e-4
PLAIN_RATE, HIDDEN = 0.01, 128
WRONG_LABELS = 0.1  # of members and held out: learnt only by heart
TARGETS = (8.0, 2.0)
PLAIN = Text("no privacy", "无隐私保护")


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    members, held_out, test = _digits(stage.seed)
    yield Fact(
        "data",
        Text(
            f"scikit-learn digits: {MEMBERS} to train on, {HELD_OUT} others for the attack, "
            f"{len(test[0])} for the test; {WRONG_LABELS:.0%} of the first two have a wrong label",
            f"scikit-learn digits：{MEMBERS} 条训练，{HELD_OUT} 条留给攻击，"
            f"{len(test[0])} 条测试；前两者有 {WRONG_LABELS:.0%} 的标签是错的",
        ),
    )
    steps, q = stage.steps(quick=400, full=2000), BATCH / MEMBERS
    sigmas = {target: _noise_for(solution, target, q, steps) for target in TARGETS}
    told = f"q = {q}, C = {MAX_NORM}, δ = {DELTA}"
    yield Fact(Text("sampling", "采样"), Text(f"{told}, {steps} steps", f"{told}，{steps} 步"))
    rows = []
    for place, target in enumerate((None, *TARGETS)):
        name = PLAIN if target is None else Text(f"ε = {target:g}", f"ε = {target:g}")
        torch.manual_seed(stage.seed)
        model = _network()
        trained = _trained(solution, model, members, sigmas.get(target), steps, stage.seed)
        file = stage.folder / f"model-{place}.pt"
        try:
            for step in trained:
                done = place * steps + step
                yield Progress(Text("training", "训练"), done, (1 + len(TARGETS)) * steps)
                if step == 1 or step % (steps // 20) == 0:
                    yield Metric(f"accuracy, {name.en}", step, _accuracy(model, *test))
                    if target is not None:
                        spent = solution.epsilon(q, sigmas[target], step, DELTA)
                        yield Metric(f"epsilon, σ = {sigmas[target]:.2f}", step, spent)
        finally:  # Ctrl-C too
            new = file.with_suffix(".part")
            torch.save(model.state_dict(), new)
            new.replace(file)
            yield Artefact(str(file))
        area, gain = _attack(model, members, held_out)
        noise = "–" if target is None else f"{sigmas[target]:.2f}"
        rows.append((name, noise, f"{_accuracy(model, *members):.1%}",
                     f"{_accuracy(model, *test):.1%}", f"{area:.3f}", f"{gain:.3f}"))  # fmt: skip
    yield Fact("parameters", f"{sum(p.numel() for p in model.parameters()):,}")
    head = (
        Text("training", "训练方式"), "σ", Text("accuracy, members", "准确率，训练集"),
        Text("accuracy, test", "准确率，测试集"), Text("attack, AUC", "攻击 AUC"),
        Text("attack, advantage", "攻击优势"),
    )  # fmt: skip
    yield Table(Text("What privacy costs, and buys", "隐私的代价与收获"), head, tuple(rows))
    yield Say(
        Text(
            "The attack guesses from the loss of a record whether the model was trained on it: an AUC of "
            f"0.5 is a coin; 600 and 600 records leave ±{_error():.3f} to chance. It is a weak attack: a "
            "small number is no proof, ε is.",
            "攻击根据一条记录的损失猜测模型是否用它训练过：AUC 0.5 等于抛硬币；各 600 条记录时偶然误差约 "
            f"±{_error():.3f}。这是一种弱攻击：数值小不是证明，ε 才是。",
        )
    )


def _digits(seed):
    """Return three pairs of images, (n, 64), and labels: members, held out, test."""
    digits = load_digits()
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(digits.data))
    y = digits.target.copy()
    for part in (order[:MEMBERS], order[MEMBERS : MEMBERS + HELD_OUT]):
        spoilt = rng.choice(part, int(WRONG_LABELS * len(part)), replace=False)
        y[spoilt] = (y[spoilt] + rng.integers(1, 10, len(spoilt))) % 10
    x, labels = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(y)
    ends = np.split(order, [MEMBERS, MEMBERS + HELD_OUT])
    return [(x[torch.tensor(part)], labels[torch.tensor(part)]) for part in ends]


def _network():
    return nn.Sequential(nn.Linear(64, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 10))


def _noise_for(solution, target, q, steps):
    """Return the σ that spends `target` in so many steps, by halving: ε falls as σ grows."""
    low, high = 0.3, 50.0
    for _ in range(14):
        middle = (low * high) ** 0.5
        if solution.epsilon(q, middle, steps, DELTA) > target:
            low = middle
        else:
            high = middle
    return high


def _trained(solution, model, members, sigma, steps, seed):
    """Train and yield each step's number; without sigma, as everybody does."""
    x, y = members
    chance = torch.Generator().manual_seed(seed)
    if sigma:
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=PLAIN_RATE)
    for step in range(1, steps + 1):
        rows = solution.poisson_sample(len(x), BATCH / len(x), chance)
        if sigma:
            solution.private_step(
                model, optimizer, F.cross_entropy, x[rows], y[rows], MAX_NORM, sigma, BATCH, chance
            )
        elif len(rows):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
        yield step


@torch.no_grad()
def _accuracy(model, x, y):
    return (model(x).argmax(1) == y).float().mean().item()


@torch.no_grad()
def _attack(model, members, held_out):
    """Return the AUC of "a small loss is a member", and the best true rate minus false rate."""
    losses = [
        F.cross_entropy(model(x), y, reduction="none").numpy() for x, y in (members, held_out)
    ]
    inside = np.repeat([1, 0], [len(part) for part in losses])
    score = -np.concatenate(losses)
    order = np.argsort(-score)
    rates = [np.cumsum(inside[order] == kind) / (inside == kind).sum() for kind in (1, 0)]
    return roc_auc_score(inside, score), float((rates[0] - rates[1]).max())


def _error():
    """Return the standard error of the AUC of a coin."""
    return ((MEMBERS + HELD_OUT + 1) / (12 * MEMBERS * HELD_OUT)) ** 0.5
