"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import math

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, expect, shape, tensor


def test_fans(sol, seed):
    rng = np.random.default_rng(seed)
    out, inner, height, width = (int(n) for n in rng.choice(np.arange(2, 30), 4, replace=False))
    cases = {
        (out, inner): (inner, out),
        (out, inner, height): (inner * height, out * height),
        (out, inner, height, width): (inner * height * width, out * height * width),
    }
    for given, expected in cases.items():
        found = sol.fans(given)
        shape(found, (2,), what=f"fans({given})")
        close(found, expected, what=f"fans({given})", atol=0)


def _filled(sol, name, side, **options):
    facts = sol.probe("filled", name, side, options)
    what = f"{name}(w of shape {side}, {options})"
    expect(
        facts["in_place"] and facts["leaf"],
        en=f"{what} must fill the given parameter in place, without a graph, and return it.",
        zh=f"{what} 必须原地填充给定的参数（不建计算图）并返回它。",
    )
    close(facts["mean"], 0.0, what=f"mean after {what}", atol=0.05 * facts["std"])
    return facts, what


def test_kaiming_fits_the_relu(sol):
    for side, fan in (((120, 200), 200), ((60, 30, 3, 5), 450)):
        facts, what = _filled(sol, "kaiming_normal_", side)
        close(facts["std"], math.sqrt(2 / fan), what=f"std after {what}", rtol=0.04)
        expect(
            2.6 < facts["kurtosis"] < 3.4,
            en=f"{what} should draw from a normal distribution.",
            zh=f"{what} 应从正态分布抽样。",
        )


def test_kaiming_knows_slope_and_mode(sol):
    facts, what = _filled(sol, "kaiming_normal_", (120, 200), mode="fan_out")
    close(facts["std"], math.sqrt(2 / 120), what=f"std after {what}", rtol=0.04)
    facts, what = _filled(sol, "kaiming_normal_", (120, 200), slope=0.8)
    close(facts["std"], math.sqrt(2 / 1.64 / 200), what=f"std after {what}", rtol=0.04)


def test_xavier_balances_both_fans(sol):
    for side, both, gain in (
        ((90, 270), 360, 1.0),
        ((20, 60, 3, 3), 720, 1.0),
        ((90, 270), 360, 2.5),
    ):
        facts, what = _filled(sol, "xavier_uniform_", side, gain=gain)
        bound = gain * math.sqrt(6 / both)
        close(facts["std"], bound / math.sqrt(3), what=f"std after {what}", rtol=0.04)
        at_most(facts["largest"], bound * (1 + 1e-6), what=f"largest value after {what}")
        at_least(facts["largest"], 0.98 * bound, what=f"largest value after {what}")


def test_twenty_layers_keep_the_signal(sol):
    facts = sol.probe("growth", 96, 20, 64, 6)
    equal(
        [facts["linears"], facts["relus"]], [20, 20], what="relu_mlp(96, 20): linear layers, ReLUs"
    )
    equal(facts["shape"], [64, 96], what="relu_mlp(96, 20)(x).shape")
    at_least(facts["lowest"], 0.0, what="lowest activation behind the last ReLU")
    for way in ("forward", "backward"):
        at_least(facts[way], -2.0, what=f"log(second moment out / in), {way}, 20 layers")
        at_most(facts[way], 2.0, what=f"log(second moment out / in), {way}, 20 layers")


def test_warm_up_is_linear(sol, seed):
    rng = np.random.default_rng(seed)
    warmup, total, peak = (
        int(rng.integers(5, 30)),
        int(rng.integers(100, 200)),
        float(rng.uniform(1e-4, 1e-2)),
    )
    for step in (0, 1, warmup // 2, warmup - 1):
        got = sol.learning_rate(step, total, warmup, peak)
        expected = peak * (step + 1) / warmup
        close(
            got, expected, what=f"learning_rate({step}, {total}, {warmup}, {peak:.4g})", rtol=1e-6
        )


def test_cosine_falls_to_the_floor(sol, seed):
    rng = np.random.default_rng(seed)
    for floor in (0.0, 1e-5):
        warmup, half = int(rng.integers(5, 30)), int(rng.integers(40, 90))
        total, peak = warmup + 2 * half + 1, float(rng.uniform(1e-4, 1e-2))
        what = f"learning_rate(…, {total}, {warmup}, {peak:.4g}, {floor})"
        for step, share in (
            (warmup, 0.0),
            (warmup + half, 0.5),
            (total - 1, 1.0),
            (warmup + half // 2, None),
        ):
            done = (step - warmup) / (2 * half) if share is None else share
            expected = floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2
            got = sol.learning_rate(step, total, warmup, peak, floor)
            close(got, expected, what=f"{what}, step {step}", rtol=1e-6, atol=1e-12)


def test_no_warm_up_begins_at_the_peak(sol):
    close(sol.learning_rate(0, 11, 0, 0.5), 0.5, what="learning_rate(0, 11, 0, 0.5)", rtol=1e-6)
    close(
        sol.learning_rate(10, 11, 0, 0.5, 0.1),
        0.1,
        what="learning_rate(10, 11, 0, 0.5, 0.1)",
        rtol=1e-6,
    )
    # The warm-up takes all steps, but for the last.
    close(sol.learning_rate(4, 5, 4, 0.5), 0.5, what="learning_rate(4, 5, 4, 0.5)", rtol=1e-6)


def _classes(rng, scale=1.0):
    logits = tensor(rng.normal(size=(13, 7)) * scale, "float32")
    return logits, tensor(rng.integers(7, size=13), "int64")


def test_smoothing_is_torchs(sol, seed):
    rng = np.random.default_rng(seed)
    logits, targets = _classes(rng)
    for smoothing in (0.0, 0.1, 0.6):
        facts = sol.probe("loss_and_gradient", logits, targets, smoothing)
        what = f"smoothed_cross_entropy(…, {smoothing})"
        shape(facts["loss"], (), what=what)
        close(facts["loss"], facts["wanted"], what=what)
        close(facts["gradient"], facts["expected"], what=f"gradient of {what}")


def test_smoothing_of_large_logits(sol, seed):
    logits, targets = _classes(np.random.default_rng(seed), scale=300.0)
    facts = sol.probe("loss_and_gradient", logits, targets, 0.2)
    close(facts["loss"], facts["wanted"], what="smoothed_cross_entropy(logits of hundreds, …)")


DECAYS = {"convolution.weight", "embedding.weight"}
STAYS = {
    "convolution.bias", "norm.weight", "norm.bias", "batch_norm.weight", "batch_norm.bias", "scale",
    "out.bias",
}  # fmt: skip


def test_only_matrices_decay(sol):
    found = dict(sol.probe("grouped", 0.3))
    for name in sorted(DECAYS | STAYS):
        close(
            found.get(name, math.nan),
            0.3 if name in DECAYS else 0.0,
            what=f"weight decay of {name}",
            atol=1e-9,
        )


def test_each_trained_parameter_is_there_once(sol):
    names = [name for name, _ in sol.probe("grouped", 0.3)]
    equal(names, sorted(DECAYS | STAYS), what="names of the parameters in the groups")


def test_adamw_is_torchs(sol, seed):
    rng = np.random.default_rng(seed)
    p = tensor(rng.normal(size=(5, 3)), "float32")
    gradients = tensor(
        rng.normal(size=(9, 5, 3)) * 10.0 ** rng.uniform(-3, 1, size=(9, 1, 1)), "float32"
    )
    for options in (
        {"lr": 0.03, "weight_decay": 0.0},
        {"lr": 0.03, "weight_decay": 0.4},
        {"lr": 0.01, "weight_decay": 0.1, "betas": (0.6, 0.8), "eps": 0.3},
        {"lr": 0.01},
    ):
        facts = sol.probe("steps", p, gradients, options)
        what = f"adamw_step(…, {options})"
        expect(
            facts["in_place"],
            en=f"{what} must change the given tensor in place, without a graph.",
            zh=f"{what} 必须原地修改给定的张量，且不建计算图。",
        )
        close(
            facts["after"][0],
            facts["wanted"][0],
            what=f"the tensor after the first {what}",
            rtol=1e-5,
        )
        close(facts["after"], facts["wanted"], what=f"the tensor after each {what}", rtol=1e-5)


def test_decay_is_decoupled(sol, seed):
    p = tensor(np.random.default_rng(seed).normal(size=7) + 3, "float32")
    facts = sol.probe(
        "steps", p, tensor(np.zeros((2, 7)), "float32"), {"lr": 0.1, "weight_decay": 0.5}
    )
    expected = np.asarray(p, np.float64) * 0.95**2
    close(
        facts["after"][1],
        expected,
        what="p after two steps with gradient 0, lr 0.1, weight_decay 0.5",
    )
