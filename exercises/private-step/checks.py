"""The checks of the hunt; their titles and what they teach stand in exercise.yaml.

Chance is judged by bounds of six standard deviations: right code passes one with a probability of
1 − 2·10⁻⁹.
"""

import math

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, shape, tensor

SURE = 6.0


def _records(rng, n, features=5, classes=3):
    x = rng.normal(size=(n, features)) * 10.0 ** rng.uniform(-2, 1, size=(n, 1))
    return x, rng.integers(classes, size=n)


def _gradients(weight, bias, x, y):
    logits = x @ weight.T + bias
    error = np.exp(logits - logits.max(1, keepdims=True))
    error /= error.sum(1, keepdims=True)
    error[np.arange(len(y)), y] -= 1
    return error[:, :, None] * x[:, None, :], error


def test_each_record_is_clipped(sol, seed):
    rng = np.random.default_rng(seed)
    weight, bias = rng.normal(size=(3, 5)), rng.normal(size=3)
    x, y = _records(rng, 12)
    x[:3] *= np.array([[1e-3], [1.0], [300.0]])
    bound = float(rng.uniform(0.4, 0.9))
    given = [tensor(v, "float32") for v in (weight, bias, x)]
    facts = sol.probe("clipped", *given, tensor(y, "int64"), bound)
    by_weight, by_bias = _gradients(weight, bias, x, y)
    for got, expected in zip(facts["gradients"], (by_weight, by_bias), strict=True):
        close(got, expected, what="record_gradients(weight, bias, x, y)", rtol=1e-3)
    norms = np.sqrt((by_weight**2).sum((1, 2)) + (by_bias**2).sum(1))
    factors = np.minimum(1, bound / norms)
    expected = by_weight * factors[:, None, None], by_bias * factors[:, None]
    for got, wanted in zip(facts["clipped"], expected, strict=True):
        close(got, wanted, what=f"clip(by_weight, by_bias, {bound:.4g})", rtol=1e-3)


def test_noise_is_as_large_as_a_record(sol, seed):
    rng = np.random.default_rng(seed)
    large = rng.random() < 0.5
    bound, sigma = (float(v) for v in rng.uniform(1.5, 3, 2) ** (1 if large else -1))
    nothing = tensor(np.zeros((20, 60, 50)), "float32")
    one, again = sol.probe("means", nothing, bound, sigma, 20.0, seed % 10**6)
    shape(one, (60, 50), what="noisy_mean(…)")
    close(again, one, what="noisy_mean(…), once more with the same seed", atol=0)
    got = np.float64(one) * 20
    found = float(np.sqrt((got**2).mean()) / (sigma * bound))
    allowed = SURE / math.sqrt(2 * got.size)
    what = f"std of the noise on the sum over sigma·max_norm, for sigma {sigma:.3g}, max_norm {bound:.3g}"
    at_least(found, 1 - allowed, what=what)
    at_most(found, 1 + allowed, what=what)


def test_mean_is_over_the_lot(sol, seed):
    rng = np.random.default_rng(seed)
    for count, lot in ((7, 4.0), (3, 10.5)):
        clipped = rng.normal(size=(count, 4, 2))
        got, _ = sol.probe("means", tensor(clipped, "float32"), 1.0, 0.0, lot, 1)
        what = f"noisy_mean({count} records, 1.0, 0.0, {lot}, …)"
        close(got, clipped.sum(0) / lot, what=what, rtol=1e-4)


def test_lots_are_drawn_by_coins(sol, seed):
    n, draws = 100, 1000
    q = float(np.random.default_rng(seed).uniform(0.1, 0.3))
    facts = sol.probe("lots", n, q, draws, seed % 10**6)
    what = f"draw_lot({n}, {q:.4g}, …)"
    equal(len(facts["counts"]), n, what=f"1 + largest index of {what}")
    equal(facts["repeatable"], True, what=f"whether {what} depends on its generator alone")
    sizes = np.array(facts["sizes"])
    scale = n * q * (1 - q)
    spread = float(((sizes - n * q) ** 2).mean() / scale)
    allowed = SURE * math.sqrt(2 / draws)
    at_least(spread, 1 - allowed, what=f"variance of the sizes over n·q·(1 − q), {what}")
    at_most(spread, 1 + 1.5 * allowed, what=f"variance of the sizes over n·q·(1 − q), {what}")
    off = (facts["counts"] - draws * q) / math.sqrt(draws * q * (1 - q))
    at_most(float(np.abs(off).max()), 7.0, what=f"how many σ a record's count is off, {what}")
    spread = float((off**2).mean())
    allowed = SURE * math.sqrt(2 / n)
    at_least(spread, 1 - 0.85 * allowed, what=f"spread of the records' counts, {what}")
    at_most(spread, 1 + 1.5 * allowed, what=f"spread of the records' counts, {what}")


def _cost(q, sigma, order):
    """Return the divergence of q·N(1, σ²) + (1 − q)·N(0, σ²) from N(0, σ²) by an integral."""
    x = np.linspace(-14 * sigma, order + 14 * sigma, 20_001)
    rest = math.log1p(-q) if q < 1 else -math.inf
    ratio = np.logaddexp(rest, math.log(q) + (2 * x - 1) / (2 * sigma**2))
    logs = order * ratio - x**2 / (2 * sigma**2) - math.log(sigma * math.sqrt(2 * math.pi))
    top = logs.max()
    return (top + math.log(np.exp(logs - top).sum() * (x[1] - x[0]))) / (order - 1)


def test_sampling_is_in_the_account(sol, seed):
    rng = np.random.default_rng(seed)
    for q in (float(rng.uniform(0.005, 0.05)), float(rng.uniform(0.1, 0.6))):
        sigma, steps = float(rng.uniform(0.8, 2.5)), int(rng.integers(50, 400))
        for order in (2, 3, int(rng.integers(4, 40))):
            what = f"step_cost({q:.6g}, {sigma:.6g}, {order})"
            close(sol.step_cost(q, sigma, order), _cost(q, sigma, order), what=what, rtol=1e-4)
        delta = float(10 ** rng.uniform(-7, -4))
        what = f"epsilon({q:.6g}, {sigma:.6g}, {steps}, {delta:.4g})"
        expected = _epsilon(q, sigma, steps, delta)
        close(sol.epsilon(q, sigma, steps, delta), expected, what=what, rtol=1e-4)
    for q, sigma, steps in ((0.3, 0.8, 500), (0.002, 8.0, 1)):  # the first order, and the last
        what = f"epsilon({q}, {sigma}, {steps}, 1e-05)"
        expected = _epsilon(q, sigma, steps, 1e-5)
        close(sol.epsilon(q, sigma, steps, 1e-5), expected, what=what, rtol=1e-4)
    close(sol.step_cost(1.0, 0.7, 9), 9 / 0.98, what="step_cost(1.0, 0.7, 9)", rtol=1e-4)
    expected = _cost(0.002, 3.0, 2)  # what is left of 1 + 5·10⁻⁷
    close(sol.step_cost(0.002, 3.0, 2), expected, what="step_cost(0.002, 3.0, 2)", rtol=1e-4)


def _epsilon(q, sigma, steps, delta):
    return min(
        steps * _cost(q, sigma, order) + math.log(1 / delta) / (order - 1) for order in range(2, 65)
    )


def _options(**changes):
    usual = {"classes": 3, "q": 1.0, "sigma": 2.0, "max_norm": 1.0, "rate": 0.1, "steps": 3}
    return usual | changes


def test_delta_fits_the_number_of_records(sol, seed):
    rng = np.random.default_rng(seed)
    for n, steps in ((int(rng.integers(20, 60)), 3), (int(rng.integers(300, 900)), 1)):
        x, y = _records(rng, n)
        given = tensor(x, "float32"), tensor(y, "int64")
        found = sol.probe("trained", *given, _options(steps=steps), seed % 10**6)
        close(found["delta"], 0.1 / n, what=f"delta of train({n} records, …)", rtol=1e-6)
        # Each step sees every record here, so that the cost of sampling does not matter.
        expected = min(steps * a / 8 + math.log(n / 0.1) / (a - 1) for a in range(2, 65))
        what = f"epsilon of train({n} records, q=1.0, sigma=2.0, steps={steps})"
        close(found["epsilon"], expected, what=what, rtol=1e-4)


def test_each_step_has_its_own_chance(sol, seed):
    rng = np.random.default_rng(seed)
    # Records of zeros: the weight is made of noise alone.
    given = tensor(np.zeros((200, 50)), "float32"), tensor(rng.integers(12, size=200), "int64")
    options = _options(classes=12, q=0.5, rate=1.0)
    one, two, three = (
        np.float64(sol.probe("trained", *given, options | {"steps": s}, seed % 10**6)["weight"])
        for s in (1, 2, 3)
    )
    for name, (left, right) in {
        "first and second": (one, two - one),
        "second and third": (two - one, three - two),
    }.items():
        alike = float((left * right).sum() / math.sqrt((left**2).sum() * (right**2).sum()))
        at_most(alike, 0.5, what=f"correlation of the noise of the {name} step in train(…)")
    # Far enough apart for 2: a lot of 100 records has between 60 and 140.
    std = float(one.std() / (2.0 / 100))
    what = "std of the first step's noise over rate·sigma·max_norm / (q·n)"
    at_least(std, 0.6, what=what)
    at_most(std, 1.7, what=what)
    _descends(sol, rng, seed)


def _descends(sol, rng, seed):
    """Without noise, with every record and nothing to clip, training is plain gradient descent."""
    x, y = _records(rng, 9)
    x /= np.abs(x).max()
    weight, bias = np.zeros((3, 5)), np.zeros(3)
    for _ in range(4):
        by_weight, by_bias = _gradients(weight, bias, x, y)
        weight, bias = weight - 0.7 * by_weight.mean(0), bias - 0.7 * by_bias.mean(0)
    options = _options(sigma=1e-12, max_norm=1e6, rate=0.7, steps=4)
    given = tensor(x, "float32"), tensor(y, "int64")
    found = sol.probe("trained", *given, options, seed % 10**6)
    what = "of train(…, q=1.0, sigma=1e-12, max_norm=1e6, steps=4)"
    close(found["weight"], weight, what=f"weight {what}", rtol=1e-3)
    close(found["bias"], bias, what=f"bias {what}", rtol=1e-3)
