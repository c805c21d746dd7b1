"""The checks of the hunt, one for each bug; their titles and what they teach: exercise.yaml."""

import math

import numpy as np

from prep.grading.checks import at_least, close, differ, equal, expect, shape, tensor

BATCH, TIME, INPUTS, HIDDEN, CLASSES = 4, 8, 3, 7, 5
SIZES = (INPUTS, HIDDEN, CLASSES)
# clip_grad_norm_ divides by norm + 1e-6, which a formula written by hand need not do.
CLIPPED = 1e-3
# Sums of float32, compared with sums of float64.
ENOUGH = 1e-5


def _drawn(seed, lengths, scale=1.0):
    """A padded batch: x, lengths, y."""
    rng = np.random.default_rng(seed)
    x = scale * rng.normal(size=(len(lengths), max(lengths), INPUTS))
    x[np.arange(max(lengths)) >= np.array(lengths)[:, None]] = 0.0
    y = rng.integers(CLASSES, size=len(lengths))
    return tensor(x, "float32"), tensor(lengths, "int64"), tensor(y, "int64")


def _logits(rng, sizes, n_classes):
    """Batches whose only step holds the logits that the model is to give: x, lengths, y."""
    return [
        (
            tensor(2 * rng.normal(size=(size, 1, n_classes)), "float32"),
            tensor(np.ones(size), "int64"),
            tensor(rng.integers(n_classes, size=size), "int64"),
        )
        for size in sizes
    ]


def _truth(batches):
    """(mean loss, accuracy) of logits that stand in the only step."""
    rows = np.concatenate([np.asarray(x, float)[:, 0] for x, _, _ in batches])
    y = np.concatenate([np.asarray(y) for _, _, y in batches])
    losses = np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(y)), y]
    return float(losses.mean()), float((rows.argmax(axis=1) == y).mean())


def test_parts_have_nothing_in_common(sol, seed):
    rng = np.random.default_rng(seed)
    for share in (0.2, 0.5):
        data = [int(value) for value in rng.choice(10_000, size=60, replace=False)]
        parts = sol.split(data, share, seed % 1000)
        what = f"split(data, {share}, seed={seed % 1000}), len(data) = 60"
        equal(len(parts), 2, what=f"len({what})")
        train, test = (list(part) for part in parts)
        equal(len(test), round(share * 60), what=f"{what}: len(test)")
        equal(len(set(train) & set(test)), 0, what=f"{what}: len(set(train) & set(test))")
        equal(sorted([*train, *test]), sorted(data), what=f"{what}: sorted(train + test)")
        again, other = (sol.split(data, share, seed % 1000 + more) for more in (0, 1))
        equal([list(part) for part in again], [train, test], what=f"{what}, again")
        at_least(
            len(set(other[1]) - set(test)), 1, what=f"len(test of another seed - test), {what}"
        )


def test_labels_stay_with_their_sequences(sol, seed):
    rng = np.random.default_rng(seed)
    sizes = [3, 6, *rng.permutation([2, 4, 8, 5])]  # neither rising nor falling
    labels = [4, 1, *rng.permutation([0, 2, 3, 5])]
    rows = [rng.normal(size=(size, INPUTS)).astype("float32") for size in sizes]
    batch = [(tensor(row, "float32"), int(label)) for row, label in zip(rows, labels, strict=True)]
    parts = sol.collate(batch)
    what = f"collate(batch), lengths {[int(size) for size in sizes]}"
    equal(len(parts), 3, what=f"len({what})")
    x, lengths, y = parts
    wanted = np.zeros((len(rows), max(sizes), INPUTS), "float32")
    for place, row in enumerate(rows):
        wanted[place, : len(row)] = row
    close(x, wanted, rtol=0, what=f"{what}: x")
    for name, got, truth in (("lengths", lengths, sizes), ("y", y, labels)):
        equal(got.dtype_name, "int64", what=f"{what}: {name}.dtype")
        shape(got, (len(rows),), what=f"{what}: {name}")
        equal(np.asarray(got).tolist(), [int(v) for v in truth], what=f"{what}: {name}")


def test_padding_changes_nothing(sol, seed):
    lengths = [int(n) for n in np.random.default_rng(seed).permutation([2, TIME, 5, 1])]
    x, lengths, _ = _drawn(seed, lengths)
    facts = sol.probe("padded", SIZES, x, lengths)
    shape(facts["alone"], (BATCH, CLASSES), what="logits of each row alone")
    close(facts["together"], facts["alone"], what="logits of the batch, of each row alone")
    close(facts["noisy"], facts["alone"], what="logits with noise in the padding")
    for step in ("first", "last"):
        for row in range(BATCH):
            what = f"logits[{row}], with another {step} step"
            differ(facts[step][row], facts["together"][row], what=what)


def test_dropout_ends_with_training(sol, seed):
    x, lengths, _ = _drawn(seed, [6] * 16)
    facts = sol.probe("dropped", (INPUTS, 12, CLASSES), x, lengths, 0.5)
    shape(facts["evaluation 1"], (16, CLASSES), what="logits")
    close(
        facts["evaluation 2"], facts["evaluation 1"], what="logits in eval mode, two random seeds"
    )
    differ(
        facts["training 2"], facts["training 1"], what="logits in training mode, two random seeds"
    )
    close(facts["default"], facts["told"], what="logits in training mode, dropout not given")


def test_batches_are_strangers(sol, seed):
    batches = [_drawn(seed + number, [6, 4, 6, 3])[:2] for number in range(3)]
    for training in (False, True):
        facts = sol.probe("in_turn", SIZES, batches, training)
        shape(facts["before"], (BATCH, CLASSES), what="logits")
        what = f"logits of a batch, before and after two other batches, model.training={training}"
        close(facts["after"], facts["before"], what=what)


def test_clipping_keeps_the_direction(sol, seed):
    batch = _drawn(seed, [6, 6, 6, 6, 6], scale=8.0)
    for max_norm in (0.02, 1e6):
        facts = sol.probe("stepped", SIZES, batch, max_norm)
        gradient = np.asarray(facts["gradient"], float)
        norm = float(np.linalg.norm(gradient))
        wanted = gradient * min(1.0, max_norm / norm)
        what = f"train_step(…, max_norm={max_norm})"
        equal(len(facts["gradients"]), 1, what=f"{what}: optimizer.step() × n")
        close(facts["gradients"][0], wanted, rtol=CLIPPED, what=f"{what}: p.grad")
        close(facts["returned"], facts["loss"], rtol=ENOUGH, what=what)
    facts = sol.probe("stepped", SIZES, _drawn(seed, [4] * 3, scale=8.0))
    norm = float(np.linalg.norm(np.asarray(facts["gradient"], float)))
    got = float(np.linalg.norm(np.asarray(facts["gradients"][0], float)))
    close(got, min(1.0, norm), rtol=CLIPPED, what="train_step(…): norm of p.grad")


def test_evaluation_is_in_eval_mode(sol, seed):
    batches = _logits(np.random.default_rng(seed), (7, 3, 9), CLASSES)
    facts = sol.probe("evaluated", batches)
    at_least(len(facts["calls"]), 1, what="evaluate(…): model(x, lengths) × n")
    expect(
        not any(training for training, _ in facts["calls"]),
        en="`evaluate` ran the model in training mode: dropout is on.",
        zh="`evaluate` 在训练模式下运行了模型：dropout 开着。",
    )
    expect(
        not any(gradients for _, gradients in facts["calls"]),
        en="`evaluate` ran the model with gradients on: it builds a graph that nobody needs.",
        zh="`evaluate` 运行模型时没有关闭梯度：白白构建了计算图。",
    )
    equal(len(facts["returned"]), 2, what="len(evaluate(…))")
    for place, (got, wanted) in enumerate(zip(facts["returned"], _truth(batches), strict=True)):
        close(got, wanted, rtol=ENOUGH, what=f"evaluate(…)[{place}], len(y) = [7, 3, 9]")
    at_least(len(facts["training"]), 1, what="train_step(…): model(x, lengths) × n")
    expect(
        all(training for training, _ in facts["training"]),
        en="The model came out of `evaluate` in eval mode, and `train_step` left it there.",
        zh="模型从 `evaluate` 出来时处于 eval 模式，`train_step` 没有把它切回训练模式。",
    )


def _with_loss(rng, target, n_classes, size=12):
    """One batch whose mean loss is `target`: the true class gets one logit, all others another."""
    logit = math.log(math.exp(-target) / (1 - math.exp(-target)) * (n_classes - 1))
    y = rng.integers(n_classes, size=size)
    rows = np.zeros((size, 1, n_classes))
    rows[np.arange(size), 0, y] = logit
    return [(tensor(rows, "float32"), tensor(np.ones(size), "int64"), tensor(y, "int64"))]


def test_chance_is_told_in_the_loss_unit(sol, seed):
    rng = np.random.default_rng(seed)
    n_classes = int(rng.integers(4, 13))
    for share, learned in ((1.2, False), (1.02, False), (0.98, True), (0.2, True)):
        test = _with_loss(rng, share * math.log(n_classes), n_classes)
        train = _logits(rng, (6, 6), n_classes)
        told = sol.probe("reported", train, test, n_classes)
        what = f"report(…, n_classes={n_classes})"
        close(
            told.get("chance_loss"), math.log(n_classes), rtol=ENOUGH, what=f"{what}['chance_loss']"
        )
        for part, batches in (("train", train), ("test", test)):
            for name, wanted in zip(("loss", "accuracy"), _truth(batches), strict=True):
                key = f"{part}_{name}"
                close(told.get(key), wanted, rtol=ENOUGH, what=f"{what}[{key!r}]")
        what = f"{what}['learned'], test loss {share} × chance loss"
        equal(bool(told.get("learned")), learned, what=what)
