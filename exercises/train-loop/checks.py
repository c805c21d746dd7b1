"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import (
    Array,
    at_least,
    at_most,
    close,
    equal,
    expect,
    finite,
    shape,
    tensor,
)

INPUTS, CLASSES = 5, 4
# A sum or a share in float32 is accurate enough; every usual mistake is a thousand times larger.
ENOUGH = 1e-5
# clip_grad_norm_ divides by norm + 1e-6, which a formula written by hand need not do.
CLIPPED = 1e-4


def _data(seed, count, dtype="float64", scale=1.0):
    rng = np.random.default_rng(seed)
    x = tensor(scale * rng.normal(size=(count, INPUTS)), dtype)
    return x, tensor(rng.integers(CLASSES, size=count), "int64")


def _uneven(seed, count):
    """Sizes of batches, no two neighbours alike, the last one short."""
    rng = np.random.default_rng(seed)
    return [int(size) for size in rng.permutation(np.arange(3, 3 + count - 1))] + [2]


def _is_float(value, what):
    expect(
        type(value) is float or (type(value) is Array and value.kind == "scalar"),
        en=f"`{what}` is not a Python float. A tensor would keep its graph alive: use loss.item().",
        zh=f"`{what}` 不是 Python 的 float。张量会让计算图一直保留：请用 loss.item()。",
    )


def _same_steps(got, wanted, what, rtol=ENOUGH):
    steps = len(got["gradients"])
    equal(steps, len(wanted["gradients"]), what=f"train_epoch(…), {what}: optimizer.step() × n")
    for step, (one, other) in enumerate(zip(got["gradients"], wanted["gradients"], strict=True)):
        close(one, other, rtol=rtol, what=f"train_epoch(…), {what}: step {step}, p.grad")


def test_schedule_warms_up_and_falls(sol, ref, seed):
    rng = np.random.default_rng(seed)
    warmup, total = int(rng.integers(3, 9)), int(rng.integers(20, 60))
    for start in (warmup, 0, 1):
        steps = list(range(total + 7))
        got = sol.probe("factors", start, total, steps)
        wanted = np.array(ref.probe("factors", start, total, steps))
        what = f"[lr_factor(step, {start}, {total}) for step in range({total + 7})]"
        close(got, wanted, rtol=ENOUGH, atol=1e-6, what=what)
    end = sol.probe("factors", total, total, [total - 1, total])
    what = f"[lr_factor({total - 1}, {total}, {total}), lr_factor({total}, {total}, {total})]"
    close(end, np.array([1.0, 0.0]), rtol=ENOUGH, atol=1e-6, what=what)


def test_epoch_loss_weighs_examples(sol, ref, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes), scale=3.0)
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.0)["returned"]
    whole = ref.probe("epoch", x, y, [sum(sizes)], CLASSES, 0.0)["returned"]
    close(got, whole, rtol=ENOUGH, what=f"train_epoch(…), lr=0, len(y) = {sizes}")
    _is_float(got, "train_epoch(…)")


def test_evaluation_weighs_examples(sol, ref, seed):
    sizes = _uneven(seed, 5)
    x, y = _data(seed, sum(sizes), scale=3.0)
    got = sol.probe("evaluation", x, y, sizes, CLASSES)["results"][0]
    wanted = ref.probe("evaluation", x, y, [sum(sizes)], CLASSES)["results"][0]
    expect(
        type(got) is tuple and len(got) == 2,
        en="`evaluate` returns two numbers: the mean loss and the accuracy.",
        zh="`evaluate` 返回两个数：平均损失和准确率。",
    )
    for place, (one, other) in enumerate(zip(got, wanted, strict=True)):
        close(one, other, rtol=ENOUGH, what=f"evaluate(…)[{place}], len(y) = {sizes}")
        _is_float(one, f"evaluate(…)[{place}]")


def test_evaluation_leaves_the_model_alone(sol, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes))
    facts = sol.probe("evaluation", x, y, sizes, CLASSES, moody=True)
    at_least(len(facts["calls"]), 2, what="evaluate(…) × 2: model(x) × n")
    expect(
        not any(call["training"] for call in facts["calls"]),
        en="`evaluate` ran the model in training mode: dropout is on, and BatchNorm learns.",
        zh="`evaluate` 在训练模式下运行了模型：dropout 开着，BatchNorm 也在更新。",
    )
    expect(
        not any(call["gradients"] for call in facts["calls"]),
        en="`evaluate` ran the model with gradients on: it keeps a graph that nobody needs.",
        zh="`evaluate` 运行模型时没有关闭梯度：保留了没人需要的计算图。",
    )
    close(facts["after"], facts["before"], rtol=0, what="evaluate(…): model.state_dict()")
    again, first = (np.array(result) for result in reversed(facts["results"]))
    close(again, first, what="evaluate(…) × 2")


def test_training_switches_the_model_back(sol, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes))
    calls = sol.probe("epoch", x, y, sizes, CLASSES, 0.1)["calls"]
    at_least(len(calls), len(sizes), what="train_epoch(…): model(x) × n")
    expect(
        all(call["training"] for call in calls),
        en="The model came from `evaluate` in eval mode, and `train_epoch` left it there.",
        zh="模型从 `evaluate` 出来时处于 eval 模式，`train_epoch` 没有把它切回训练模式。",
    )


def test_accumulation_is_the_large_batch(sol, ref, seed):
    for sizes in ([4, 4, 4, 4, 4, 4], [7, 3, 2, 5, 1, 6]):
        x, y = _data(seed, sum(sizes))
        got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, accumulate=3)
        large = [sum(sizes[:3]), sum(sizes[3:])]
        wanted = ref.probe("epoch", x, y, large, CLASSES, 0.3)
        _same_steps(got, wanted, f"len(y) = {sizes}, accumulate=3")
        most = max(call["examples"] for call in got["calls"])
        at_most(most, max(sizes), what=f"len(y) = {sizes}, accumulate=3: max(len(x)) in model(x)")


def test_last_group_counts(sol, ref, seed):
    sizes, large = [4, 4, 4, 4, 4], [12, 8]
    x, y = _data(seed, sum(sizes))
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, accumulate=3)
    wanted = ref.probe("epoch", x, y, large, CLASSES, 0.3)
    _same_steps(got, wanted, f"len(y) = {sizes}, accumulate=3")


def test_old_gradients_are_cleared(sol, ref, seed):
    sizes = [6, 6]
    x, y = _data(seed, sum(sizes))
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, stale=True)
    wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3)
    _same_steps(got, wanted, "p.grad = 1 before")


def test_clipping_is_global(sol, ref, seed):
    sizes = [6, 6, 6, 6]
    x, y = _data(seed, sum(sizes), scale=4.0)
    for max_norm in (0.05, 100.0):
        options = {"accumulate": 2, "max_norm": max_norm}
        got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, **options)
        wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3, **options)
        _same_steps(got, wanted, f"max_norm={max_norm}", rtol=CLIPPED)
    free = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, accumulate=2, max_norm=None)
    wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3, accumulate=2, max_norm=None)
    _same_steps(free, wanted, "max_norm=None")


def test_schedule_moves_with_the_optimizer(sol, seed):
    sizes = [3, 3, 3, 3, 3]  # two full groups, and one that is not
    x, y = _data(seed, sum(sizes))
    rate = float(np.random.default_rng(seed).uniform(0.1, 0.5))
    got = sol.probe("epoch", x, y, sizes, CLASSES, rate, accumulate=2, schedule=True)
    wanted = [rate / (step + 2) for step in range(4)]
    what = "accumulate=2, 5 batches: lr at each optimizer.step()"
    shape(np.array(got["rates"]), (3,), what=what)
    close(np.array(got["rates"]), np.array(wanted[:3]), what=what)
    close(got["next_rate"], wanted[3], what="accumulate=2, 5 batches: lr after train_epoch(…)")


def test_mixed_precision_keeps_float32_weights(sol, ref, seed):
    sizes = [6, 6, 6]
    x, y = _data(seed, sum(sizes), "float32")
    for amp, dtype in ((None, "float32"), (False, "float32"), (True, "bfloat16")):
        options = {} if amp is None else {"amp": amp}
        call = "train_epoch(…)" if amp is None else f"train_epoch(…, amp={amp})"
        got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, **options)
        at_least(len(got["calls"]), len(sizes), what="train_epoch(…): model(x) × n")
        hidden = sorted({each["hidden"] for each in got["calls"]})
        equal(hidden, [dtype], what=f"{call}: {{(x @ w.T + b).dtype in model(x)}}")
        equal(got["dtypes"], ["float32"], what=f"{call}: {{p.dtype for p in model.parameters()}}")
        wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3, amp=False)
        what = f"{call}: model.parameters()"
        close(got["weights"], wanted["weights"], rtol=3e-2, atol=1e-2, what=what)
    clipped = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, amp=True, max_norm=0.05)
    for step, gradient in enumerate(clipped["gradients"]):
        norm = float(np.linalg.norm(gradient))
        what = f"train_epoch(…, amp=True, max_norm=0.05): step {step}, norm of p.grad"
        close(norm, 0.05, rtol=5e-2, what=what)


def test_batches_go_to_the_device(sol, seed):
    sizes = [3, 4]
    x, y = _data(seed, sum(sizes), "float32")
    for entry in ("train_epoch", "evaluate", "fit"):
        seen = sol.probe("devices", x, y, sizes, CLASSES, entry)
        expect(
            seen,
            en=f"`{entry}` has not called the model.",
            zh=f"`{entry}` 没有调用模型。",
        )
        for what, training, place in seen:
            where = f'{entry}(…, device="meta"), model.training={training}: {what}.device'
            equal(place, "meta", what=where)


def _classes(seed, wrong_labels, dtype="float64"):
    """Three well separated classes; in the validation set, some labels are wrong."""
    rng = np.random.default_rng(seed)
    centres = 2.5 * np.eye(3, INPUTS)
    y, valid_y = rng.integers(3, size=42), np.arange(25) % 3
    x = centres[y] + 0.3 * rng.normal(size=(42, INPUTS))
    valid_x = centres[valid_y] + 0.3 * rng.normal(size=(25, INPUTS))
    valid_y[:wrong_labels] = (valid_y[:wrong_labels] + 1) % 3
    arrays = tensor(x, dtype), tensor(y, "int64"), tensor(valid_x, dtype)
    return (*arrays, tensor(valid_y, "int64"), 3)


def _same_history(got, wanted, what, rtol=None):
    _has_history(got)
    for name, values in wanted.items():
        shape(got[name], (len(values),), what=f"{what}[{name!r}]")
        close(got[name], np.array(values), rtol=rtol, what=f"{what}[{name!r}]")


def _has_history(got):
    expect(
        type(got) is dict and set(got) >= {"train_loss", "valid_loss", "valid_accuracy"},
        en="`fit` returns a dict with train_loss, valid_loss and valid_accuracy.",
        zh="`fit` 返回一个字典，键为 train_loss、valid_loss 和 valid_accuracy。",
    )


OPTIONS = {"accumulate": 2, "max_norm": 0.5}


def _overfitted(ref, seed):
    """Data on which the best epoch is in the middle, and clearly so; what the reference does."""
    for shift in range(100):
        data = _classes(seed + shift, 7)
        wanted = ref.probe("fitted", data, 6, **OPTIONS)
        losses = wanted["history"]["valid_loss"]
        best, second = sorted(losses)[:2]
        if second - best > 1e-3 and best not in (losses[0], losses[-1]):
            return data, wanted
    raise AssertionError(seed)


def test_fit_keeps_the_history(sol, ref, seed):
    data, wanted = _overfitted(ref, seed)
    got = sol.probe("fitted", data, 6, **OPTIONS)
    what = "fit(…, epochs=6, accumulate=2, max_norm=0.5)"
    _same_history(got["history"], wanted["history"], what, rtol=CLIPPED)
    data = _classes(seed, 7, "float32")
    for options, dtype in (({"amp": True}, "bfloat16"), ({}, "float32")):
        got = sol.probe("fitted", data, 1, **options)
        hidden = sorted({call["hidden"] for call in got["calls"] if call["training"]})
        what = f"fit(…{', amp=True' if options else ''}): {{(x @ w.T + b).dtype in model(x)}}"
        equal(hidden, [dtype], what=what)
    wanted = ref.probe("fitted", data, 1)
    _same_history(got["history"], wanted["history"], "fit(…, epochs=1)", rtol=1e-3)


def test_best_model_is_kept(sol, ref, seed):
    data, _ = _overfitted(ref, seed)
    got = sol.probe("fitted", data, 6, **OPTIONS)
    _has_history(got["history"])
    losses = got["history"]["valid_loss"]
    shape(losses, (6,), what="fit(…, epochs=6)['valid_loss']")
    losses = np.array(losses)
    what = f"fit(…): model.state_dict(), valid_loss = {losses.round(4).tolist()}"
    close(got["weights"], got["states"][int(losses.argmin())], rtol=0, what=what)


def test_resume_is_bit_for_bit(sol, seed):
    # No wrong labels: the last epoch is the best one, so the weights tell how training went on.
    facts = sol.probe("resumed", _classes(seed, 0), 4, 3, dropout=0.3)
    _goes_on(facts)
    again, straight = facts["again"], facts["straight"]
    _has_history(straight["history"])
    _same_history(again["history"], straight["history"], "fit(…) again", rtol=0)
    what = "fit(…) again: model.state_dict()"
    close(again["weights"], straight["weights"], rtol=0, what=what)


def test_best_model_survives_the_cut(sol, seed):
    # With wrong labels, the best epoch comes long before the cut.
    facts = sol.probe("resumed", _classes(seed, 7), 5, 4)
    _goes_on(facts)
    wanted = facts["straight"]
    for name in ("straight", "again", "third"):
        _has_history(facts[name]["history"])
    losses = np.round(wanted["history"]["valid_loss"], 4).tolist()
    for number, name in enumerate(("again", "third"), 2):
        what = f"fit(…, epochs=5), start {number}: model.state_dict(), valid_loss = {losses}"
        close(facts[name]["weights"], wanted["weights"], rtol=0, what=what)
    epochs = len(facts["third"]["history"]["train_loss"])
    equal(epochs, 5, what="fit(…, epochs=5), start 3: len(history['train_loss'])")


def _goes_on(facts):
    expect(
        facts["cut"] and facts["files"] > 0,
        en="After the power cut, there was no checkpoint: write one after every epoch.",
        zh="断电之后没有找到检查点：每个 epoch 结束都要写一次。",
    )


def test_device(on_device, seed):
    sizes = [3, 4, 2]
    x, y = _data(seed, sum(sizes), "float32")
    numbers = on_device.probe("on_its_device", x, y, sizes, CLASSES)
    finite(numbers, what="train_epoch(…, device=…), *evaluate(…, device=…)")
