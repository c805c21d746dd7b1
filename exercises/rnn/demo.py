"""Trains on sequences whose first step alone tells the class, and asks how long it is remembered."""

import torch

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

INPUTS, HIDDEN, CLASSES, BATCH = 6, 32, 4, 48
HELD_OUT = 400  # sequences of each range of lengths
ONE, BOTH = Text("one direction", "单向"), Text("both directions", "双向")


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    longest = stage.steps(quick=20, full=40)  # held-out sequences are up to twice as long
    yield Say(
        Text(
            f"The first step tells one of {CLASSES} classes, noise follows, then padding. "
            f"Trained on up to {longest} steps, tested on up to {2 * longest}.",
            f"第一步给出 {CLASSES} 个类别之一，之后是噪声，再往后是填充。"
            f"训练用最多 {longest} 步，测试最多 {2 * longest} 步。",
        )
    )
    chance = torch.Generator().manual_seed(stage.seed)
    ranges = ((2, longest // 4), (longest // 4 + 1, longest), (longest + 1, 2 * longest))
    held_out = {span: _drawn(HELD_OUT, *span, chance, stage.device) for span in ranges}
    one = solution.RNNClassifier(INPUTS, HIDDEN, CLASSES).to(stage.device)
    both = solution.RNNClassifier(INPUTS, HIDDEN, CLASSES, bidirectional=True).to(stage.device)
    fresh = _reach(one, held_out)
    yield from _trained(solution, one, ONE, held_out, longest, chance, stage)
    yield from _trained(solution, both, BOTH, {}, longest, chance, stage)
    yield _by_length(one, both, held_out)
    yield _gradients(fresh, _reach(one, held_out))
    yield _padding(one, held_out[ranges[1]])
    for model, way in ((one, ONE), (both, BOTH)):
        name = Text(f"parameters, {way.en}", f"参数量，{way.zh}")
        yield Fact(name, f"{sum(p.numel() for p in model.parameters()):,}")
    yield Fact("data", Text("drawn with the seed", "按种子随机生成"))


def _trained(solution, model, way, held_out, longest, chance, stage):
    """Train, look at the held-out sequences now and then, and keep a checkpoint."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    steps = stage.steps(quick=300, full=3000) // (1 if held_out else 2)
    file = stage.folder / f"{way.en.replace(' ', '-')}.pt"
    losses, done = [], 0
    try:
        for done in range(1, steps + 1):
            batch = _drawn(BATCH, 2, longest, chance, stage.device)
            losses.append(solution.train_step(model.train(), optimizer, *batch, max_norm=1.0))
            yield Progress(way, done, steps)
            if done == 1 or done % (steps // 30) == 0:
                yield Metric(f"loss, {way.en}", done, sum(losses) / len(losses))
                losses = []
            if done == 1 or done % (steps // 10) == 0:
                for (low, high), data in held_out.items():
                    yield Metric(f"accuracy, {low}–{high} steps", done, _accuracy(model, *data))
                _save(file, model, optimizer, done)
    finally:  # Ctrl-C too
        _save(file, model, optimizer, done)
        yield Artefact(str(file))


def _drawn(count, shortest, longest, chance, device):
    """Return x (count, longest, inputs), lengths (count,), classes (count,)."""
    lengths = torch.randint(shortest, longest + 1, (count,), generator=chance)
    x = 0.5 * torch.randn(count, longest, INPUTS, generator=chance)
    y = torch.randint(CLASSES, (count,), generator=chance)
    x[torch.arange(count), 0, y] += 3.0
    padding = torch.arange(longest) >= lengths.unsqueeze(1)  # (count, longest)
    x = x.masked_fill(padding.unsqueeze(2), 0.0)
    return x.to(device), lengths.to(device), y.to(device)


@torch.no_grad()
def _accuracy(model, x, lengths, y):
    return (model.eval()(x, lengths).argmax(1) == y).float().mean().item()


def _reach(model, held_out):
    """Return, for each range, how much the logits depend on the first step and on the last."""
    found = {}
    for span, (x, lengths, _) in held_out.items():
        given = x[:100].clone().requires_grad_()
        model(given, lengths[:100]).square().sum().backward()
        sizes = given.grad.norm(dim=2)  # (100, longest)
        rows = torch.arange(len(sizes), device=sizes.device)
        last = sizes[rows, lengths[:100] - 1]
        found[span] = (sizes[:, 0].mean() / last.mean()).item()
    return found


def _by_length(one, both, held_out):
    rows = [
        (_span(span), *(f"{_accuracy(model, *data):.3f}" for model in (one, both)))
        for span, data in held_out.items()
    ]
    title = Text("Held-out accuracy by length", "按长度的留出集准确率")
    return Table(title, (Text("length", "长度"), ONE, BOTH), tuple(rows))


def _gradients(fresh, trained):
    rows = [(_span(span), f"{fresh[span]:.1e}", f"{trained[span]:.1e}") for span in fresh]
    title = Text("Gradient of the first step / of the last", "第一步的梯度 / 最后一步的梯度")
    head = (Text("length", "长度"), Text("untrained", "训练前"), Text("trained", "训练后"))
    return Table(title, head, tuple(rows))


def _padding(model, held_out):
    """Compare the last real step with the last column, for rows of different lengths."""
    x, lengths, y = held_out
    last = torch.full_like(lengths, x.shape[1])
    padding = torch.arange(x.shape[1], device=x.device) >= lengths.unsqueeze(1)
    noisy = torch.where(padding.unsqueeze(2), 3 * torch.randn_like(x), x)
    rows = (
        (Text("the last real step", "最后一个真实步"), x, lengths),
        (Text("the last column, padded with zeros", "最后一列，用零填充"), x, last),
        (Text("the last column, padded with noise", "最后一列，用噪声填充"), noisy, last),
    )
    told = tuple((name, f"{_accuracy(model, given, until, y):.3f}") for name, given, until in rows)
    head = (Text("logits come from", "logits 取自"), Text("accuracy", "准确率"))
    return Table(Text("What padding does", "填充的影响"), head, told)


def _span(span):
    return Text(f"{span[0]}–{span[1]} steps", f"{span[0]}–{span[1]} 步")


def _save(file, model, optimizer, step):
    """Write anew, then replace: an interrupted save leaves the old file."""
    new = file.with_suffix(".part")
    torch.save(
        {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, new
    )
    new.replace(file)
