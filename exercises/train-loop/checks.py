"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import at_least, close, equal, expect, finite, shape, tensor

INPUTS, CLASSES = 5, 4
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
        type(value) is float,
        en=f"`{what}` is not a Python float. A tensor would keep its graph alive: use loss.item().",
        zh=f"`{what}` 不是 Python 的 float。张量会让计算图一直保留：请用 loss.item()。",
    )


def _same_steps(got, wanted, what, rtol=None):
    equal(
        len(got["gradients"]), len(wanted["gradients"]), what=f"number of optimizer steps, {what}"
    )
    for step, (one, other) in enumerate(zip(got["gradients"], wanted["gradients"], strict=True)):
        close(one, other, rtol=rtol, what=f"gradient at optimizer step {step}, {what}")


def test_schedule_warms_up_and_falls(sol, ref, seed):
    rng = np.random.default_rng(seed)
    warmup, total = int(rng.integers(3, 9)), int(rng.integers(20, 60))
    for start in (warmup, 0, 1):
        steps = list(range(total + 7))
        got = sol.probe("factors", start, total, steps)
        wanted = np.array(ref.probe("factors", start, total, steps))
        close(
            np.array(got), wanted, atol=1e-12, what=f"lr_factor(0 … {total + 6}, {start}, {total})"
        )
    end = sol.probe("factors", total, total, [total - 1, total])
    close(np.array(end), np.array([1.0, 0.0]), atol=1e-12, what="lr_factor(…), warmup == total")


def test_epoch_loss_weighs_examples(sol, ref, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes), scale=3.0)
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.0)["returned"]
    whole = ref.probe("epoch", x, y, [sum(sizes)], CLASSES, 0.0)["returned"]
    _is_float(got, "train_epoch(…)")
    close(got, whole, what=f"train_epoch(…), learning rate 0, batches of {sizes}")


def test_evaluation_weighs_examples(sol, ref, seed):
    sizes = _uneven(seed, 5)
    x, y = _data(seed, sum(sizes), scale=3.0)
    got = sol.probe("evaluation", x, y, sizes, CLASSES)["results"][0]
    wanted = ref.probe("evaluation", x, y, [sum(sizes)], CLASSES)["results"][0]
    expect(
        type(got) in (tuple, list) and len(got) == 2,
        en="`evaluate` returns two numbers: the mean loss and the accuracy.",
        zh="`evaluate` 返回两个数：平均损失和准确率。",
    )
    for name, one, other in zip(("loss", "accuracy"), got, wanted, strict=True):
        _is_float(one, f"{name} of evaluate(…)")
        close(one, other, what=f"{name} of evaluate(…), batches of {sizes}")


def test_evaluation_leaves_the_model_alone(sol, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes))
    facts = sol.probe("evaluation", x, y, sizes, CLASSES, moody=True)
    at_least(len(facts["calls"]), len(sizes), what="calls of the model")
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
    close(facts["after"], facts["before"], rtol=0, what="weights and buffers after evaluate")
    close(np.array(facts["results"][1]), np.array(facts["results"][0]), what="evaluate(…) again")


def test_training_switches_the_model_back(sol, seed):
    sizes = _uneven(seed, 4)
    x, y = _data(seed, sum(sizes))
    calls = sol.probe("epoch", x, y, sizes, CLASSES, 0.1)["calls"]
    at_least(len(calls), len(sizes), what="calls of the model")
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
        _same_steps(got, wanted, f"batches of {sizes}, accumulate=3")


def test_last_group_counts(sol, ref, seed):
    sizes, large = [4, 4, 4, 4, 4], [12, 8]
    x, y = _data(seed, sum(sizes))
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, accumulate=3)
    wanted = ref.probe("epoch", x, y, large, CLASSES, 0.3)
    _same_steps(got, wanted, "5 batches of 4, accumulate=3")


def test_old_gradients_are_cleared(sol, ref, seed):
    sizes = [6, 6]
    x, y = _data(seed, sum(sizes))
    got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, stale=True)
    wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3)
    _same_steps(got, wanted, "gradients of 1 were left over")


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
    sizes = [3, 3, 3, 3, 3, 3]
    x, y = _data(seed, sum(sizes))
    rate = float(np.random.default_rng(seed).uniform(0.1, 0.5))
    got = sol.probe("epoch", x, y, sizes, CLASSES, rate, accumulate=2)
    wanted = [rate / (step + 2) for step in range(4)]
    shape(np.array(got["rates"]), (3,), what="learning rates of the optimizer's steps")
    close(
        np.array(got["rates"]), np.array(wanted[:3]), what="learning rates of the optimizer's steps"
    )
    close(got["next_rate"], wanted[3], what="learning rate after the epoch")


def test_mixed_precision_keeps_float32_weights(sol, ref, seed):
    sizes = [6, 6, 6]
    x, y = _data(seed, sum(sizes), "float32")
    for amp, dtype in ((False, "float32"), (True, "bfloat16")):
        got = sol.probe("epoch", x, y, sizes, CLASSES, 0.3, amp=amp)
        at_least(len(got["calls"]), len(sizes), what="calls of the model")
        for call in got["calls"]:
            equal(call["hidden"], dtype, what=f"dtype inside the model, amp={amp}")
        equal(got["dtypes"], ["float32"], what=f"dtypes of the weights, amp={amp}")
        wanted = ref.probe("epoch", x, y, sizes, CLASSES, 0.3, amp=False)
        close(got["weights"], wanted["weights"], rtol=3e-2, atol=1e-2, what=f"weights, amp={amp}")


def test_batches_go_to_the_device(sol, seed):
    sizes = [3, 4]
    x, y = _data(seed, sum(sizes), "float32")
    for training, name in ((True, "train_epoch"), (False, "evaluate")):
        facts = sol.probe("devices", x, y, sizes, CLASSES, training)
        equal(facts["inputs"], ["meta"], what=f'device of the inputs, {name}(…, device="meta")')
        equal(facts["targets"], ["meta"], what=f'device of the targets, {name}(…, device="meta")')


def _classes(seed, wrong_labels):
    """Three well separated classes; in the validation set, some labels are wrong."""
    rng = np.random.default_rng(seed)
    centres = 2.5 * np.eye(3, INPUTS)
    y, valid_y = rng.integers(3, size=35), np.arange(25) % 3
    x = centres[y] + 0.3 * rng.normal(size=(35, INPUTS))
    valid_x = centres[valid_y] + 0.3 * rng.normal(size=(25, INPUTS))
    valid_y[:wrong_labels] = (valid_y[:wrong_labels] + 1) % 3
    arrays = tensor(x, "float64"), tensor(y, "int64"), tensor(valid_x, "float64")
    return (*arrays, tensor(valid_y, "int64"), 3)


def _same_history(got, wanted, what, rtol=None):
    expect(
        type(got) is dict and set(got) == set(wanted),
        en="`fit` returns a dict with train_loss, valid_loss and valid_accuracy.",
        zh="`fit` 返回一个字典，键为 train_loss、valid_loss 和 valid_accuracy。",
    )
    for name, values in wanted.items():
        shape(np.array(got[name]), (len(values),), what=f"history[{name!r}], {what}")
        close(np.array(got[name]), np.array(values), rtol=rtol, what=f"history[{name!r}], {what}")


def test_fit_keeps_the_history(sol, ref, seed):
    got = sol.probe("fitted", _classes(seed, 7), 6)
    wanted = ref.probe("fitted", _classes(seed, 7), 6)
    _same_history(got["history"], wanted["history"], "6 epochs", rtol=CLIPPED)


def test_best_model_is_kept(sol, ref, seed):
    got = sol.probe("fitted", _classes(seed, 7), 6)
    wanted = ref.probe("fitted", _classes(seed, 7), 6)
    losses = np.round(wanted["history"]["valid_loss"], 4).tolist()
    close(
        got["weights"],
        wanted["weights"],
        rtol=CLIPPED,
        what=f"weights after fit, valid_loss {losses}",
    )


def test_resume_is_bit_for_bit(sol, seed):
    # No wrong labels: the last epoch is the best one, so the weights tell how training went on.
    facts = sol.probe("resumed", _classes(seed, 0), 5, 4, dropout=0.3)
    _goes_on(facts)
    _same_history(facts["again"]["history"], facts["straight"]["history"], "resumed", rtol=0)
    close(
        facts["again"]["weights"],
        facts["straight"]["weights"],
        rtol=0,
        what="weights after resuming",
    )


def test_best_model_survives_the_cut(sol, seed):
    # With wrong labels, the best epoch comes long before the cut.
    facts = sol.probe("resumed", _classes(seed, 7), 6, 5)
    _goes_on(facts)
    wanted = facts["straight"]["weights"]
    for name in ("again", "third"):
        close(
            facts[name]["weights"],
            wanted,
            rtol=0,
            what=f"weights, {name} start, best before the cut",
        )
    epochs = len(facts["third"]["history"]["train_loss"])
    equal(epochs, 6, what="epochs in the history when all were already done")


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
