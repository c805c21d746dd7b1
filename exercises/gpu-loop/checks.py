"""The checks of the hunt, one for each bug; their titles and what they teach: exercise.yaml."""

import numpy as np

from prep.grading.checks import at_least, close, equal, expect, shape, tensor

INPUTS, CLASSES = 5, 4
# A mean may be summed in float32; every bug is a thousand times larger.
ENOUGH = 1e-5
# clip_grad_norm_ divides by norm + 1e-6, which a formula written by hand need not do.
CLIPPED = 1e-4


def _batches(seed, sizes, scale=1.0):
    rng = np.random.default_rng(seed)
    return [
        (
            tensor(scale * rng.normal(size=(size, INPUTS)), "float64"),
            tensor(rng.integers(CLASSES, size=size), "int64"),
        )
        for size in sizes
    ]


def _same_gradients(got, wanted, what, rtol=ENOUGH):
    equal(len(got), len(wanted), what=f"{what}: optimizer.step() × n")
    for step, (one, other) in enumerate(zip(got, wanted, strict=True)):
        close(one, other, rtol=rtol, what=f"{what}: step {step}, p.grad")


def test_batch_comes_to_the_model(sol, seed):
    rng = np.random.default_rng(seed)
    x = tensor(rng.normal(size=(6, INPUTS)), "float32")
    y = tensor(rng.integers(3, size=6), "int64")
    for dtype in ("float64", "bfloat16", "float32"):
        facts = sol.probe("moved", x, y, dtype)
        for device in ("meta", "cpu"):
            what = f"to_model((x, y), model), model on {device!r}, {dtype}"
            equal(len(facts[device]), 2, what=f"len({what})")
            for name, got, kind in zip("xy", facts[device], (dtype, "int64"), strict=True):
                equal(tuple(got), (device, kind), what=f"{what}: {name}.device, {name}.dtype")
    for name, got, wanted in zip("xy", facts["values"], (x, y), strict=True):
        close(got, np.asarray(wanted), rtol=0, what=f"to_model((x, y), model): {name}")


def test_mean_weighs_batches_by_size(sol, seed):
    rng = np.random.default_rng(seed)
    for count in (1, 4, 7):
        losses = [float(value) for value in rng.uniform(0.1, 3.0, size=count)]
        sizes = [int(value) for value in rng.permutation(np.arange(2, 2 + 5 * count, 5))]
        wanted = float(np.average(losses, weights=sizes))
        pairs = list(zip(losses, sizes, strict=True))
        shown = [(round(loss, 2), size) for loss, size in pairs]
        close(sol.mean_loss(pairs), wanted, rtol=ENOUGH, what=f"mean_loss({shown})")


def test_step_forgets_old_gradients(sol, ref, seed):
    batches = _batches(seed, [6, 6, 6])
    got, wanted = (each.probe("steps", batches, CLASSES) for each in (sol, ref))
    _same_gradients(got, wanted, "train_epoch(…), p.grad = 1 before")


def test_clipping_comes_before_the_step(sol, ref, seed):
    (batch,) = _batches(seed, [8], scale=4.0)
    for max_norm in (0.05, 100.0):
        got, wanted = (each.probe("one_step", batch, CLASSES, max_norm) for each in (sol, ref))
        what = f"train_step(…, max_norm={max_norm})"
        _same_gradients(got["gradients"], wanted["gradients"], what, CLIPPED)
        equal(len(got["returned"]), 2, what=f"len({what})")
        for name, one, two in zip(
            ("loss", "size"), *(f["returned"] for f in (got, wanted)), strict=True
        ):
            close(one, two, rtol=ENOUGH, what=f"{what}: {name}")
    for options in ({}, {"max_norm": 0.05}):
        got, wanted = (
            each.probe("first_gradient", batch, CLASSES, **options) for each in (sol, ref)
        )
        _same_gradients(got, wanted, f"fit(…, **{options})", CLIPPED)


def test_schedule_counts_steps(sol, seed):
    rate = float(np.random.default_rng(seed).uniform(0.1, 0.5))
    for count, epochs in ((3, 2), (1, 4)):
        facts = sol.probe("rates", _batches(seed, [4] * count), CLASSES, rate, epochs)
        wanted = [rate / (step + 2) for step in range(count * epochs + 1)]
        what = f"fit(…, epochs={epochs}), {count} batches: lr at each optimizer.step()"
        shape(np.array(facts["rates"]), (count * epochs,), what=what)
        close(np.array(facts["rates"]), np.array(wanted[:-1]), what=what)
        close(
            facts["next"],
            wanted[-1],
            what=f"fit(…, epochs={epochs}), {count} batches: lr at the end",
        )


def test_validation_is_in_eval_mode(sol, seed):
    facts = sol.probe("validated", _batches(seed, [7, 7, 7]), CLASSES)
    at_least(len(facts["calls"]), 1, what="validate(…): model(x) × n")
    expect(
        not any(training for training, _ in facts["calls"]),
        en="`validate` ran the model in training mode: dropout is on, and BatchNorm learns.",
        zh="`validate` 在训练模式下运行了模型：dropout 开着，BatchNorm 也在更新。",
    )
    expect(
        not any(gradients for _, gradients in facts["calls"]),
        en="`validate` ran the model with gradients on: it builds a graph that nobody needs.",
        zh="`validate` 运行模型时没有关闭梯度：白白构建了计算图。",
    )
    close(facts["after"], facts["before"], rtol=0, what="validate(…): model.state_dict()")
    equal(len(facts["returned"]), 2, what="len(validate(…))")
    for place, (got, wanted) in enumerate(zip(facts["returned"], facts["truth"], strict=True)):
        close(got, wanted, rtol=ENOUGH, what=f"validate(…)[{place}], len(y) = [7, 7, 7]")
    at_least(len(facts["training"]), 3, what="train_epoch(…): model(x) × n")
    expect(
        all(training for training, _ in facts["training"]),
        en="The model came out of `validate` in eval mode, and `train_epoch` left it there.",
        zh="模型从 `validate` 出来时处于 eval 模式，`train_epoch` 没有把它切回训练模式。",
    )


def test_history_tells_the_whole_epoch(sol, ref, seed):
    train = [_batches(seed + epoch, [6, 6, 6, 6], scale=3.0) for epoch in range(3)]
    valid = [_batches(seed + 10 + epoch, [5, 5], scale=3.0) for epoch in range(3)]
    got, wanted = (each.probe("history", train, valid, CLASSES) for each in (sol, ref))
    equal(len(got), len(wanted), what="len(fit(…, epochs=3))")
    names = "training loss", "validation loss", "accuracy"
    for epoch, (one, other) in enumerate(zip(got, wanted, strict=True)):
        equal(len(one), 3, what=f"len(fit(…)[{epoch}])")
        for name, value, truth in zip(names, one, other, strict=True):
            close(value, truth, rtol=ENOUGH, what=f"fit(…)[{epoch}], {name}, lr = 0")


def test_best_weights_come_back(sol, seed):
    rng = np.random.default_rng(seed)
    for best in (0, 2, 5):
        losses = rng.permutation(np.linspace(0.6, 1.4, 6)).round(3)
        losses[best] = 0.25
        facts = sol.probe("kept", _batches(seed, [6, 6]), CLASSES, losses.tolist())
        equal(
            len(facts["states"]), len(losses), what="fit(…, epochs=6): loss_fn(…) × n in validation"
        )
        what = f"fit(…): model.state_dict(), validation losses {losses.tolist()}"
        close(facts["end"], facts["states"][best], rtol=0, what=what)
