"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import at_least, at_most, close, differ, expect, finite, shape, tensor

BATCH, TIME, INPUTS, HIDDEN, CLASSES = 4, 9, 3, 7, 5
SIZES = (INPUTS, HIDDEN, CLASSES)
LENGTHS = (2, 9, 5, 1)


def _sequences(seed):
    rng = np.random.default_rng(seed)
    x = tensor(rng.normal(size=(BATCH, TIME, INPUTS)), "float32")
    return x, tensor(rng.permutation(LENGTHS), "int64")


def _padding(lengths):
    return np.arange(TIME) >= np.asarray(lengths)[:, None]


def test_step_is_the_formula(sol, ref, seed):
    rng = np.random.default_rng(seed)
    sides = {"x": (BATCH, INPUTS), "h": (BATCH, HIDDEN)}
    sides |= {"w_in": (HIDDEN, INPUTS), "w_rec": (HIDDEN, HIDDEN), "bias": (HIDDEN,)}
    given = [tensor(rng.normal(size=side), "float32") for side in sides.values()]
    close(sol.rnn_step(*given), ref.rnn_step(*given), what="rnn_step(x, h, w_in, w_rec, bias)")


def test_logits_have_the_right_shape(sol, seed):
    x, lengths = _sequences(seed)
    logits = sol.probe("logits", SIZES, x, lengths)
    shape(logits, (BATCH, CLASSES), what="logits")
    finite(logits, what="logits")
    default, one = sol.probe("weights_by_default", SIZES)
    expect(
        default == one,
        en=f"Without `bidirectional` there are {default} weights, with bidirectional=False {one}.",
        zh=f"不给 `bidirectional` 时有 {default} 个权重，bidirectional=False 时有 {one} 个。",
    )
    rows = np.exp(np.asarray(logits, np.float64)).sum(axis=1)
    both = (rows, np.asarray(logits, np.float64).sum(axis=1))
    expect(
        not any(np.allclose(sums, 1, atol=1e-4) for sums in both),
        en="Each row sums to 1: these are (log-)probabilities. Return logits, without softmax.",
        zh="每一行之和为 1：这是（对数）概率。请返回 logits，不要做 softmax。",
    )


def test_state_starts_at_zero(sol, seed):
    x, lengths = _sequences(seed)
    nothing = tensor(np.zeros_like(x), "float32")
    for bidirectional in (False, True):
        way = f"(bidirectional={bidirectional})"
        # With its own weights: a norm's vector is no bias, and without it nothing may be left.
        given = sol.probe("logits", SIZES, x, lengths, bidirectional)
        at_least(np.abs(np.asarray(given)).max(), 1e-4, what=f"abs(logits).max() {way}")
        logits = sol.probe("logits_without_biases", SIZES, nothing, lengths, bidirectional)
        zeros = np.zeros((BATCH, CLASSES), np.float32)
        close(logits, zeros, atol=1e-6, what=f"logits of zeros, all biases 0 {way}")


def test_padding_changes_nothing(sol, seed):
    x, lengths = _sequences(seed)
    noise = np.random.default_rng(seed + 1).normal(size=x.shape) * 100
    other = tensor(np.where(_padding(lengths)[:, :, None], noise, x), "float32")
    for bidirectional in (False, True):
        before = sol.probe("logits", SIZES, x, lengths, bidirectional)
        after = sol.probe("logits", SIZES, other, lengths, bidirectional)
        shape(before, (BATCH, CLASSES), what="logits")
        close(after, before, what=f"logits (bidirectional={bidirectional}), other padding")


def test_alone_or_in_a_batch(sol, seed):
    x, lengths = _sequences(seed)
    for bidirectional in (False, True):
        together = sol.probe("logits", SIZES, x, lengths, bidirectional)
        alone = sol.probe("one_by_one", SIZES, x, lengths, bidirectional)
        shape(alone, (BATCH, CLASSES), what="logits")
        close(together, alone, what=f"logits of the batch (bidirectional={bidirectional})")
    differ(together[0], together[1], what="logits[0], logits[1]")


def test_state_carries_the_first_step(sol, seed):
    x, lengths = _sequences(seed)
    gradient = sol.probe("input_gradient", SIZES, x, lengths)
    shape(gradient, x.shape, what="gradient of x")
    for row, length in enumerate(np.asarray(lengths)):
        size = np.abs(gradient[row, 0]).max()
        expect(
            size > 0,
            en=f"The logits of row {row} (length {length}) do not depend on its first step.",
            zh=f"第 {row} 行（长度 {length}）的 logits 不依赖它的第一步。",
        )


def test_order_matters(sol, seed):
    x, lengths = _sequences(seed)
    full = tensor(np.full(BATCH, TIME), "int64")
    shuffled = tensor(np.asarray(x)[:, [*range(TIME - 2), TIME - 1, TIME - 2]], "float32")
    one = sol.probe("logits", SIZES, x, full)
    other = sol.probe("logits", SIZES, shuffled, full)
    shape(one, (BATCH, CLASSES), what="logits")
    apart = np.abs(np.asarray(one, np.float64) - other).max()
    at_least(apart, 1e-6, what="abs(logits - logits with the last two steps swapped).max()")


def test_bidirectional_reads_from_the_right(sol, seed):
    x, lengths = _sequences(seed)
    full = tensor(np.full(BATCH, TIME), "int64")
    mirrored = tensor(np.asarray(x)[:, ::-1].copy(), "float32")
    both = sol.probe("logits", SIZES, x, full, True)
    shape(both, (BATCH, CLASSES), what="logits (bidirectional=True)")
    swapped = sol.probe("logits", SIZES, mirrored, full, True)
    differ(both, swapped, what="bidirectional: logits of x, logits of mirrored x")
    # One direction forgets the first steps; a second one from the right has just read them.
    one, two = (sol.probe("early_against_late", SIZES, x, full, way) for way in (False, True))
    finite(two, what="log(grad[:, 0].norm() / grad[:, -1].norm())")
    if one < -1:  # else this network forgets so little that the two cannot be told apart
        at_least(two, one / 2, what="log(grad[:, 0].norm() / grad[:, -1].norm())")


def test_train_step_is_one_clipped_step(sol, seed):
    x, lengths = _sequences(seed)
    y = tensor(np.random.default_rng(seed).integers(CLASSES, size=BATCH), "int64")
    for max_norm in (0.01, 1e6):
        rate = 0.5
        facts = sol.probe("step_taken", SIZES, x, lengths, y, max_norm, rate)
        close(facts["returned"], facts["loss"], what="train_step(…)")
        expect(
            type(facts["returned"]) is float,
            en="`train_step` returns a tensor, which keeps the graph alive: return loss.item().",
            zh="`train_step` 返回了张量，计算图会一直被保留：请返回 loss.item()。",
        )
        gradient = np.asarray(facts["gradient"], np.float64)
        scale = min(1.0, max_norm / (np.sqrt((gradient**2).sum()) + 1e-6))
        wanted = (-rate * scale * gradient).astype(np.float32)
        # A weight's own rounding is in its movement: one part in 10⁷ of a number below 1.
        what = f"weights after - before (max_norm={max_norm})"
        close(facts["moved"], wanted, rtol=1e-3, atol=3e-7, what=what)


def test_learns_to_remember(sol, seed):
    facts = sol.probe("accuracy_after_training", 6, 24, 4, 150, 48, 10)
    losses = np.asarray(facts["losses"], np.float64)
    finite(losses, what="losses")
    at_most(float(losses[-10:].mean()), 0.8 * float(losses[:3].mean()), what="mean(losses[-10:])")
    at_least(facts["accuracy"], 0.85, what="accuracy on held-out sequences")


def test_device(on_device, seed):
    x, lengths = _sequences(seed)
    y = tensor(np.random.default_rng(seed).integers(CLASSES, size=BATCH), "int64")
    for bidirectional in (False, True):
        losses = on_device.probe("losses_of_two_steps", SIZES, x, lengths, y, bidirectional)
        finite(losses, what=f"train_step(…), twice (bidirectional={bidirectional})")
