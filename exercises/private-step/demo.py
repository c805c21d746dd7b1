"""Trains with the file as it is, and measures what it promises: the symptoms of the bugs."""

import torch
from sklearn.datasets import load_digits

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

TRAIN, CLASSES = 1000, 10
Q, SIGMA, MAX_NORM, RATE = 0.05, 1.0, 4.0, 0.2
# What right code gave for the seed 0, with these numbers.
HEALTHY = {
    "bound": "0.0800",
    "noise": "4.00",
    "sizes": "32 … 71",
    "again": "0.00",
    "quick": ("88.3%", "4.16", "0.0001"),
    "full": ("91.5%", "7.51", "0.0001"),
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    x, y = _digits(stage.seed)
    yield Fact(
        "data",
        Text(
            f"scikit-learn digits: {TRAIN} to train on, {len(x) - TRAIN} for the test",
            f"scikit-learn digits：{TRAIN} 条训练，{len(x) - TRAIN} 条测试",
        ),
    )
    most = stage.steps(quick=100, full=400)
    marks = [most // 20, most // 10, most // 4, most // 2, most]
    options = {"classes": CLASSES, "q": Q, "sigma": SIGMA, "max_norm": MAX_NORM, "rate": RATE}
    for place, steps in enumerate(marks, 1):
        found = solution.train(x[:TRAIN], y[:TRAIN], **options, steps=steps, seed=stage.seed)
        yield Progress(Text("training", "训练"), place, len(marks))
        yield Metric("accuracy", steps, _accuracy(found, x[TRAIN:], y[TRAIN:]))
        yield Metric("epsilon", steps, float(found["epsilon"]))
    file = stage.folder / "weights.pt"
    torch.save({"weight": found["weight"], "bias": found["bias"]}, file)
    yield Artefact(str(file))
    accuracy, spent, delta = HEALTHY["quick" if stage.quick else "full"]
    rows = (
        *_measured(solution, x, y),
        (Text("test accuracy", "测试准确率"),
         f"{_accuracy(found, x[TRAIN:], y[TRAIN:]):.1%}", accuracy),
        (Text("reported ε", "报告的 ε"), f"{float(found['epsilon']):.2f}", spent),
        (Text("reported δ", "报告的 δ"), f"{float(found['delta']):g}", delta),
    )  # fmt: skip
    head = (Text("what", "项目"), Text("this file", "这个文件"), Text("healthy run", "正常运行"))
    title = f"q = {Q}, σ = {SIGMA:g}, C = {MAX_NORM:g}"
    yield Table(Text(f"Promised and measured: {title}", f"承诺与实测：{title}"), head, rows)
    yield Say(
        Text(
            "A small ε costs nothing to print. The first lines say whether it is true.",
            "打印一个小的 ε 不花任何代价。前几行说明它是否属实。",
        )
    )


def _digits(seed):
    digits = load_digits()
    order = torch.randperm(len(digits.data), generator=torch.Generator().manual_seed(seed))
    x = torch.tensor(digits.data / 16, dtype=torch.float32)[order]
    return x, torch.tensor(digits.target)[order]


def _accuracy(found, x, y):
    return ((x @ found["weight"].T + found["bias"]).argmax(1) == y).float().mean().item()


def _measured(solution, x, y):
    """Yield rows of what the file does and what a healthy run does."""
    lot = Q * TRAIN
    weight, bias = torch.zeros(CLASSES, x.shape[1]), torch.zeros(CLASSES)
    extreme = torch.cat([x[:50], 1000 * torch.ones(1, x.shape[1])])
    steps = []
    for rows in (x[:50], extreme):
        gradients = solution.record_gradients(weight, bias, rows, y[: len(rows)])
        clipped = solution.clip(*gradients, MAX_NORM)
        chance = torch.Generator().manual_seed(0)
        parts = [solution.noisy_mean(part, MAX_NORM, 0.0, lot, chance) for part in clipped]
        steps.append(torch.cat([part.flatten() for part in parts]))
    moved = (steps[1] - steps[0]).norm().item()
    yield (
        Text("one extreme record moves a mean by", "一条极端记录造成的平均值变化"),
        f"{moved:.3g}",
        f"≤ {HEALTHY['bound']}",
    )
    zeros = torch.zeros(int(lot), 100, 100)
    noise = solution.noisy_mean(zeros, MAX_NORM, SIGMA, lot, torch.Generator().manual_seed(0))
    yield (
        Text("std of the noise on the sum", "和上噪声的标准差"),
        f"{noise.std().item() * lot:.2f}",
        HEALTHY["noise"],
    )
    chance = torch.Generator().manual_seed(0)
    sizes = [len(solution.draw_lot(TRAIN, Q, chance)) for _ in range(500)]
    yield (
        Text("sizes of 500 lots", "500 个批次的大小"),
        f"{min(sizes)} … {max(sizes)}",
        HEALTHY["sizes"],
    )
    yield (
        Text("noise of step 2 like step 1", "第 2 步噪声与第 1 步的相关"),
        f"{_repeated(solution):.2f}",
        HEALTHY["again"],
    )


def _repeated(solution):
    """Return the correlation of the first two steps on records of zeros: noise alone."""
    x, y = torch.zeros(TRAIN, 200), torch.arange(TRAIN) % CLASSES
    one, two = (
        solution.train(
            x, y, classes=CLASSES, q=Q, sigma=SIGMA, max_norm=MAX_NORM, rate=1.0, steps=n, seed=0
        )["weight"].flatten()
        for n in (1, 2)
    )
    both = torch.stack([one, two - one])
    return torch.corrcoef(both)[0, 1].item()
