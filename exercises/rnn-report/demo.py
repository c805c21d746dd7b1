"""Trains on digits read row by row, with their labels and with random ones; shows both reports."""

import torch

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

HIDDEN, CLASSES, BATCH, COUNT, RATE = 32, 10, 32, 600, 0.02
# What `report` says with every bug fixed (seed 0, CPU): about these, in the order of ROWS.
HEALTHY = {
    True: {
        "digits": ("0.22", "0.91", "0.47", "0.85", "2.303", Text("yes", "是")),
        "random": ("2.16", "0.20", "2.42", "0.07", "2.303", Text("no", "否")),
    },
    False: {
        "digits": ("0.01", "1.00", "0.34", "0.93", "2.303", Text("yes", "是")),
        "random": ("0.50", "0.85", "4.32", "0.13", "2.303", Text("no", "否")),
    },
}
ROWS = (
    ("train_loss", Text("training loss", "训练损失")),
    ("train_accuracy", Text("training accuracy", "训练准确率")),
    ("test_loss", Text("test loss", "测试损失")),
    ("test_accuracy", Text("test accuracy", "测试准确率")),
    ("chance_loss", Text("loss of guessing", "瞎猜的损失")),
    ("learned", Text("learned something", "学到了东西")),
)
LABELS = {
    "digits": Text("digits with their labels", "带真实标签的数字"),
    "random": Text("the same digits with random labels", "同样的数字，随机标签"),
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    epochs = stage.steps(quick=8, full=60)
    yield Say(
        Text(
            f"{COUNT} handwritten digits, read row by row from the top; each row comes once or twice, so a "
            "sequence has 8 to 16 steps. With random labels there is nothing to learn.",
            f"{COUNT} 个手写数字，从上到下逐行读入，每行出现一次或两次，所以一条序列有 8 到 16 步。"
            "标签随机时，没有任何规律可学。",
        )
    )
    for labels, name in LABELS.items():
        data = _data(stage.seed, random=labels == "random")
        parts = solution.split(data, 0.25, stage.seed)
        train, test = ([_batch(solution, p, stage) for p in _chunks(part)] for part in parts)
        torch.manual_seed(stage.seed)
        model = solution.Classifier(8, HIDDEN, CLASSES).to(stage.device)
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for epoch in range(1, epochs + 1):
            losses = [solution.train_step(model, batch, optimizer) for batch in train]
            loss, accuracy = solution.evaluate(model, test)
            yield Metric(f"loss, {labels}", epoch, float(sum(losses)) / len(losses))
            yield Metric(f"test_loss, {labels}", epoch, float(loss))
            yield Metric(f"test_accuracy, {labels}", epoch, float(accuracy))
            yield Progress(name, epoch, epochs)
        file = stage.folder / f"{labels}.pt"
        torch.save(model.state_dict(), file)
        yield Artefact(str(file))
        told = solution.report(model, train, test, CLASSES)
        yield _reported(name, told, HEALTHY[stage.quick][labels])
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in model.parameters()):,}")
    yield Fact(Text("data", "数据"), f"scikit-learn digits (8 × 8, {COUNT}/1,797)")


def _reported(name, told, healthy):
    """What the file reports beside what it says when all is fixed."""
    rows = tuple(
        (row, _cell(told[key]), well) for (key, row), well in zip(ROWS, healthy, strict=True)
    )
    head = ("", Text("reported", "报告的"), Text("all fixed", "全部改对后"))
    return Table(Text(f"The report: {name.en}", f"成绩单：{name.zh}"), head, rows)


def _cell(value):
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    return f"{float(value):.3f}"


def _data(seed, *, random):
    """Return (sequence (8…16, 8), class) of each digit."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    chance = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(digits.target), generator=chance)[:COUNT].tolist()
    pairs = []
    for place in order:
        times = torch.randint(1, 3, (8,), generator=chance)
        rows = torch.tensor(digits.images[place], dtype=torch.float32) / 16  # (8, 8)
        label = (
            int(torch.randint(CLASSES, (), generator=chance))
            if random
            else int(digits.target[place])
        )
        pairs.append((rows.repeat_interleave(times, dim=0), label))
    return pairs


def _chunks(part):
    return [part[start : start + BATCH] for start in range(0, len(part), BATCH)]


def _batch(solution, part, stage):
    return tuple(each.to(stage.device) for each in solution.collate(part))
