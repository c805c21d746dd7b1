"""Shows the symptom: the score that your file reports beside that on images nobody has seen."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

COPIES, NOISE = 5, 0.12  # views of each image, each with noise of its own
KNOWN, FRESH = 300, 800  # images


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    x, y, groups, fresh = _images(stage.seed)
    yield Fact(
        "data",
        Text(
            f"scikit-learn digits: {KNOWN} images in {COPIES} views each, sorted by class; "
            f"{FRESH} fresh ones",
            f"scikit-learn digits：{KNOWN} 张图像，各 {COPIES} 个视角，按类别排序；另有 {FRESH} 张新图像",
        ),
    )
    rows = _rows(solution, x, groups, stage.seed)
    parts = {name: _loader(solution, x, y, rows, name, stage.seed) for name in rows}
    parts["fresh"] = _loader(solution, x, y, {"train": rows["train"], "fresh": fresh}, "fresh", 0)
    model = nn.Sequential(
        nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Dropout(0.5), nn.Linear(96, 10)
    )
    yield Fact("parameters", f"{sum(each.numel() for each in model.parameters()):,}")
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    best, epochs = solution.Best(), stage.steps(quick=16, full=60)
    told = {}
    try:
        for epoch in range(1, epochs + 1):
            _train(model, optimizer, parts["train"])
            told = {
                name: solution.evaluate(model, parts[name]) for name in ("train", "valid", "test")
            }
            best.see(epoch, model, {name: float(loss) for name, (loss, _) in told.items()})
            yield Progress("training", epoch, epochs)
            yield Metric("accuracy, reported", epoch, float(told["test"][1]))
            yield Metric("accuracy, fresh images", epoch, _true_score(model, parts["fresh"])[1])
    finally:
        if best.state is not None:
            torch.save(best.state, stage.folder / "best.pt")
            yield Artefact(str(stage.folder / "best.pt"))
    yield from _told(solution, model, best, parts, epochs)


def _images(seed):
    """Return views (n, 64), labels, the image of each view, and the rows that stay fresh."""
    digits, rng = load_digits(), np.random.default_rng(seed)
    chosen = rng.permutation(len(digits.target))[: KNOWN + FRESH]
    by_class = chosen[:KNOWN][np.argsort(digits.target[chosen[:KNOWN]], kind="stable")]
    places = np.concatenate([np.repeat(by_class, COPIES), chosen[KNOWN:]])
    x = digits.data[places] / 16 + NOISE * rng.normal(size=(len(places), 64))
    groups = np.repeat(np.arange(KNOWN), COPIES)
    return x, digits.target[places], groups, np.arange(len(groups), len(places))


def _rows(solution, x, groups, seed):
    """Split into test and the rest, and the rest into training and validation."""
    rest, test = (np.asarray(part) for part in solution.split(groups, 0.3, seed))
    train, valid = (rest[np.asarray(part)] for part in solution.split(groups[rest], 0.25, seed))
    return {"train": train, "valid": valid, "test": test}


def _loader(solution, x, y, rows, name, seed):
    """Scale by the training rows, and load one part of the rows."""
    scaled = np.asarray(solution.scale(x, rows["train"]))[rows[name]]
    features = torch.tensor(scaled, dtype=torch.float32)
    labels = torch.tensor(y[rows[name]])
    return solution.Loader(features, labels, 24, shuffle=name == "train", seed=seed)


def _train(model, optimizer, batches):
    model.train()
    for x, y in batches:
        if len(y) > 1:  # batch norm needs two rows
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


def _true_score(model, batches):
    """Return loss and accuracy over all rows, measured without the solution's evaluate."""
    model.eval()
    with torch.inference_mode():
        pairs = [(model(x), y) for x, y in batches]
    model.train()
    logits, labels = (torch.cat(each) for each in zip(*pairs))
    loss = nn.functional.cross_entropy(logits, labels).item()
    return loss, (logits.argmax(dim=1) == labels).float().mean().item()


def _told(solution, model, best, parts, epochs):
    last = [parameter.detach().clone() for parameter in model.parameters()]
    model.load_state_dict(best.state)
    same = all(torch.equal(one, other) for one, other in zip(last, model.parameters()))
    model.train()
    reported = [solution.evaluate(model, parts["test"]) for _ in range(2)]
    fresh = _true_score(model, parts["fresh"])
    yield Table(
        Text("the kept weights", "保留的权重"),
        (Text("part", "数据"), Text("loss", "损失"), Text("accuracy", "准确率")),
        (
            (Text("test, reported", "测试集，报告值"), *_row(reported[0])),
            (Text("test, reported once more", "测试集，再报告一次"), *_row(reported[1])),
            (Text("fresh images", "新图像"), *_row(fresh)),
        ),
    )
    kept = Text("kept: epoch, of", "保留的 epoch / 总数")
    yield Fact(kept, f"{best.epoch} / {epochs}")
    if same and best.epoch != epochs:
        yield Say(
            Text(
                f"Epoch {best.epoch} is said to be kept, but the weights are those of epoch {epochs}.",
                f"说是保留了第 {best.epoch} 个 epoch，权重却是第 {epochs} 个的。",
            )
        )
    gap = 100 * (reported[0][1] - fresh[1])
    yield Say(
        Text(
            f"Reported minus fresh: {gap:+.1f} points. A healthy file reports the same number twice, "
            "and comes within about three points of the fresh images.",
            f"报告值减新图像：{gap:+.1f} 个百分点。正常的文件两次报告相同，与新图像相差约三个百分点以内。",
        )
    )


def _row(pair):
    return f"{float(pair[0]):.4f}", f"{float(pair[1]):.1%}"
