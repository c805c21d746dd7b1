"""Shows the symptom: your report of a classifier while it learns, beside scikit-learn's."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import f1_score, precision_recall_curve, precision_recall_fscore_support
from torch import nn

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

RARE = 8  # one digit of ten


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    train, valid, test = _parts(stage.seed)
    yield Fact(
        "data",
        f"scikit-learn digits: {len(test[1])} test images, {test[1].mean():.1%} are {RARE}s",
    )
    model = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Dropout(0.5), nn.Linear(48, 2))
    yield Fact("parameters", f"{sum(each.numel() for each in model.parameters()):,}")
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    epochs = stage.steps(quick=20, full=80)
    yours = healthy = {}
    try:
        for epoch in range(1, epochs + 1):
            _train(model, optimizer, *train)
            healthy = _healthy(model, valid, test)
            yours = _yours(solution, model, valid, test)
            yield Progress("training", epoch, epochs)
            yield Metric("F1, yours", epoch, yours["macro-F1"])
            yield Metric("F1, scikit-learn", epoch, healthy["macro-F1"])
    finally:
        torch.save(model.state_dict(), stage.folder / "model.pt")
        yield Artefact(str(stage.folder / "model.pt"))
    yield from _compared(yours, healthy)
    yield from _twice(solution, model, test[0])


def _parts(seed):
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x, y = digits.data[order] / 16, (digits.target[order] == RARE).astype(int)
    return [(x[part], y[part]) for part in np.split(np.arange(len(y)), [600, 1000])]


def _train(model, optimizer, x, y):
    """One pass in batches of 60."""
    model.train()
    for rows in torch.randperm(len(y)).split(60):
        logits = model(torch.tensor(x, dtype=torch.float32)[rows])
        loss = nn.functional.cross_entropy(logits, torch.tensor(y)[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _yours(solution, model, valid, test):
    """Return what the solution's functions say, by name."""
    model.train()  # as an epoch leaves it
    pairs = [(y, np.asarray(solution.predict(model, x))[:, 1]) for x, y in (valid, test)]
    threshold, classes = solution.decide(*pairs)
    counts = np.asarray(solution.confusion(test[1], np.asarray(classes), 2))
    precision, recall, f1 = (np.asarray(each) for each in solution.scores(counts))
    return {
        Text("rows counted", "计数的行数"): int(counts.sum()),
        Text("threshold", "阈值"): float(threshold),
        Text(f"precision of {RARE}", f"{RARE} 的精确率"): float(precision[1]),
        Text(f"recall of {RARE}", f"{RARE} 的召回率"): float(recall[1]),
        "macro-F1": float(solution.average(f1, counts)),
        "weighted-F1": float(solution.average(f1, counts, "weighted")),
    }


def _healthy(model, valid, test):
    """Return the same numbers by scikit-learn."""
    model.eval()
    with torch.inference_mode():
        chances = [
            model(torch.tensor(x, dtype=torch.float32)).softmax(dim=1)[:, 1].numpy()
            for x, _ in (valid, test)
        ]
    precision, recall, thresholds = precision_recall_curve(valid[1], chances[0])
    f1 = (2 * precision * recall / np.maximum(precision + recall, 1e-12))[:-1]
    threshold = thresholds[f1 > f1.max() - 1e-12][-1]  # of equal ones the highest
    classes = (chances[1] >= threshold).astype(int)
    of_class, found, _, _ = precision_recall_fscore_support(test[1], classes, zero_division=0)
    told = [len(classes), threshold, of_class[1], found[1]]
    told += [f1_score(test[1], classes, average=how) for how in ("macro", "weighted")]
    names = (
        Text("rows counted", "计数的行数"),
        Text("threshold", "阈值"),
        Text(f"precision of {RARE}", f"{RARE} 的精确率"),
        Text(f"recall of {RARE}", f"{RARE} 的召回率"),
        "macro-F1",
        "weighted-F1",
    )
    return dict(zip(names, map(float, told)))


def _compared(yours, healthy):
    yield Table(
        Text("the test part, at the end", "最后在测试集上"),
        (Text("number", "指标"), Text("yours", "你的"), "scikit-learn"),
        tuple((name, f"{yours[name]:.4g}", f"{healthy[name]:.4g}") for name in healthy),
    )


def _twice(solution, model, x):
    model.train()
    first, second = (np.asarray(solution.predict(model, x)) for _ in range(2))
    sums = first.sum(axis=1)
    gap = np.abs(first - second).max()
    yield Say(
        Text(
            f"The same rows, asked twice: probabilities differ by up to {gap:.3g} (healthy: 0). "
            f"The probabilities of a row sum to {sums.min():.3g} … {sums.max():.3g} (healthy: 1).",
            f"同样的行问两次：概率最多相差 {gap:.3g}（正常为 0）。"
            f"一行的概率之和为 {sums.min():.3g} … {sums.max():.3g}（正常为 1）。",
        )
    )
