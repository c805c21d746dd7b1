"""The checks of the exercise; their titles and what they teach stand in exercise.yaml.

Chance is judged by tests that a right solution fails less than once in 10⁷ gradings, all of them
together: each bound is one that a normal number passes with a probability of 2·10⁻⁹.
"""

import math

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    differ,
    dtype,
    equal,
    leaves_arguments,
    raises,
    shape,
    tensor,
)

SURE = 6.0  # standard deviations
CLASSES = 4


def _batch(rng, kind, batch):
    """Return x and y for a model of the probe."""
    x = {
        "words": lambda: tensor(rng.integers(11, size=(batch, 5)), "int64"),
        "images": lambda: tensor(rng.normal(size=(batch, 2, 5, 5)), "float32"),
        "vectors": lambda: tensor(rng.normal(size=(batch, 7)), "float32"),
        "wide": lambda: tensor(rng.normal(size=(batch, 60)), "float32"),
    }[kind]()
    if kind == "vectors":
        return x, tensor(rng.normal(size=(batch, CLASSES)), "float32")
    return x, tensor(rng.integers(CLASSES, size=batch), "int64")


def test_gradients_are_those_of_a_loop(sol, ref, seed):
    rng = np.random.default_rng(seed)
    for kind, size in (("vectors", 5), ("words", 6), ("images", 3), ("vectors", 1)):
        x, y = _batch(rng, kind, size)
        _same_dict(
            sol.probe("gradients", kind, x, y),
            ref.probe("looped", kind, x, y),
            what=f"per_sample_gradients(model of {kind}, …, batch of {size})",
        )


def _same_dict(got, expected, what):
    equal(sorted(got), sorted(expected), what=f"names in {what}")
    scale = max(float(np.abs(value).max()) for value in expected.values())
    for name, value in expected.items():
        close(got[name], value, what=f"{what}[{name!r}]", rtol=1e-3, atol=1e-4 * scale)


def test_batch_norm_is_refused(sol):
    for call, found in sol.probe("refusals").items():
        equal(found, "ValueError", what=f"what {call} raises")


SHAPES = {"a": (6, 5), "b": (6,), "c": (2, 3, 4), "d": ()}


def _gradients(rng, sizes):
    """Return gradients of records whose norms over all parameters are `sizes`."""
    parts = {name: rng.normal(size=(len(sizes), *side)) for name, side in SHAPES.items()}
    norms = np.sqrt(sum((p.reshape(len(sizes), -1) ** 2).sum(1) for p in parts.values()))
    factors = np.asarray(sizes) / norms
    return {name: p * factors.reshape(-1, *[1] * (p.ndim - 1)) for name, p in parts.items()}


def _floats(parts):
    return {name: tensor(part, "float32") for name, part in parts.items()}


def test_norm_is_over_all_parameters(sol, seed):
    rng = np.random.default_rng(seed)
    bound = float(rng.uniform(0.5, 3))
    sizes = bound * np.array([0.02, 0.3, 0.9, 1.3, 2.0, 7.0, 300.0])
    parts = _gradients(rng, sizes)
    factors = np.minimum(1, bound / sizes)
    got = sol.clipped_sum(_floats(parts), bound)
    leaves_arguments(sol, what="clipped_sum(gradients, …)")
    expected = {name: np.tensordot(factors, part, 1) for name, part in parts.items()}
    _same_dict(got, expected, what=f"clipped_sum(gradients, {bound:.4g})")


def test_small_gradients_stay(sol, seed):
    rng = np.random.default_rng(seed)
    parts = _gradients(rng, [0.01, 0.2, 0.7, 0.0])
    expected = {name: part.sum(0) for name, part in parts.items()}
    got = sol.clipped_sum(_floats(parts), 1.0)
    _same_dict(got, expected, what="clipped_sum(gradients with norms under 1, one of them 0, 1.0)")
    none = {name: part[:0] for name, part in parts.items()}
    expected = {name: np.zeros(side) for name, side in SHAPES.items()}
    _same_dict(sol.clipped_sum(_floats(none), 1.0), expected, what="clipped_sum(no records, 1.0)")


def _long(parts):
    return np.concatenate([np.asarray(parts[name], np.float64).ravel() for name in sorted(parts)])


def test_no_record_adds_more_than_the_norm(sol, seed):
    rng = np.random.default_rng(seed)
    bound = float(rng.uniform(0.5, 3))
    rest = _gradients(rng, bound * rng.uniform(0.1, 5, size=4))
    without = sol.clipped_sum(_floats(rest), bound)
    for size in (1.01 * bound, 1e3, 1e6, 1e17, 1e22, math.inf, math.nan):
        one = _gradients(rng, [size if math.isfinite(size) else 1.0])
        if not math.isfinite(size):
            one["c"][0, 1, 2, 3] = size
        both = {name: np.concatenate([rest[name], one[name]]) for name in rest}
        got = sol.clipped_sum(_floats(both), bound)
        equal(sorted(got), sorted(SHAPES), what="names in clipped_sum(…)")
        change = float(np.linalg.norm(_long(got) - _long(without)))
        what = f"change of the sum by a record of norm {size:.3g}, for max_norm {bound:.4g}"
        at_most(change, bound * (1 + 1e-3), what=what)
        if not math.isfinite(size):
            at_most(change, 1e-3 * bound, what=what)


def _sums(rng):
    sides = {"a": (60, 50), "b": (60, 50), "c": (50,), "d": (41, 3, 7)}
    return {name: rng.uniform(-5, 5, size=side) for name, side in sides.items()}


def _scale(rng):
    """Return (C, σ, expected batch); neither C, nor σ, nor their product is near 1."""
    if rng.random() < 0.5:
        return float(rng.uniform(1.5, 3)), float(rng.uniform(1.3, 2.5)), int(rng.integers(20, 60))
    return float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.4, 0.75)), int(rng.integers(20, 60))


def test_mean_is_over_the_expected_batch(sol, seed):
    rng = np.random.default_rng(seed)
    sums = _sums(rng)
    for size in (7, 12.5):
        got = sol.noisy_mean(_floats(sums), 2.0, 0.0, size)
        expected = {name: part / size for name, part in sums.items()}
        _same_dict(got, expected, what=f"noisy_mean(sums, 2.0, 0.0, {size})")
    sol.noisy_mean(_floats(sums), 2.0, 1.0, 7)
    leaves_arguments(sol, what="noisy_mean(sums, …)")


def _noise(sol, seed):
    """Return what three calls of `noisy_mean` have added to the sums, over σ·C."""
    rng = np.random.default_rng(seed)
    sums = _sums(rng)
    bound, sigma, size = _scale(rng)
    calls = sol.probe("noises", _floats(sums), bound, sigma, size, 3)
    what = f"noisy_mean(sums, {bound:.4g}, {sigma:.4g}, {size})"
    for got in calls:
        equal(sorted(got), sorted(sums), what=f"names in {what}")
        for name, part in sums.items():
            shape(got[name], part.shape, what=f"{what}[{name!r}]")
    added = [
        {n: (np.float64(got[n]) * size - sums[n]) / (sigma * bound) for n in sums} for got in calls
    ]
    return added, what


def _spread(squares, count):
    """Return how many σ a χ² number with `count` degrees lies off (Wilson and Hilferty)."""
    share = 2 / (9 * count)
    return float((np.cbrt(squares / count) - (1 - share)) / math.sqrt(share))


def test_noise_is_sigma_times_the_norm(sol, seed):
    added, what = _noise(sol, seed)
    values = np.concatenate([_long(each) for each in added])
    for name in added[0]:
        own = np.concatenate([each[name].ravel() for each in added])
        found = float(np.sqrt(np.mean(own**2)))
        share = SURE * math.sqrt(2 / (9 * len(own)))
        low, high = ((1 - 2 / (9 * len(own)) + way * share) ** 1.5 for way in (-1, 1))
        told = f"std of the noise on the sum, over sigma·max_norm, in {what}[{name!r}]"
        at_least(found, low, what=told)
        at_most(found, high, what=told)
    middle = float(values.mean() * math.sqrt(len(values)))
    at_most(abs(middle), SURE, what=f"mean of the noise in standard errors, {what}")


def test_noise_is_normal(sol, seed):
    added, what = _noise(sol, seed)
    values = np.sort(np.concatenate([_long(each) for each in added]))
    values /= np.sqrt(np.mean(values**2))  # the scale is another check
    normal = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in values])
    ranks = np.arange(len(values) + 1) / len(values)
    gap = max(np.abs(normal - ranks[1:]).max(), np.abs(normal - ranks[:-1]).max())
    told = f"largest gap to the normal distribution times √n, {what}"
    at_most(float(gap * math.sqrt(len(values))), 3.2, what=told)


def test_noise_is_fresh_everywhere(sol, seed):
    added, what = _noise(sol, seed)
    one, two, three = (each["a"] for each in added)
    pairs = {
        "two parameters of one shape": (one, added[0]["b"]),
        "two calls": (one, two),
        "the first call and the third": (one, three),
        "two rows": (one[1:], one[:-1]),
        "two columns": (one[:, 1:], one[:, :-1]),
        "a parameter and the next one": (one.ravel()[:861], added[0]["d"].ravel()),
    }
    for name, (left, right) in pairs.items():
        together = float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))
        told = f"correlation of the noise of {name} times √n, {what}"
        at_most(abs(together) * math.sqrt(left.size), SURE, what=told)


def test_generator_decides(sol, seed):
    rng = np.random.default_rng(seed)
    first, other = (int(s) for s in rng.choice(10**6, 2, replace=False))
    sums = {"a": tensor(np.zeros((5, 4)), "float32"), "b": tensor(np.zeros(3), "float32")}
    one, two, same, later = sol.probe("seeded_noises", sums, [first, other, other])
    for name in sums:
        what = f"noisy_mean(…, generator)[{name!r}]"
        close(same[name], two[name], what=f"{what}, twice with the same seed", atol=0)
        differ(one[name], two[name], what=f"{what} with two seeds")
        differ(later[name], same[name], what=f"{what}, two calls with one generator")
    x, y = _batch(rng, "vectors", 5)
    one, two, same = sol.probe("seeded_steps", "vectors", x, y, [first, other, other])
    what = "change by private_step(…, generator)"
    close(same, two, what=f"{what}, twice with the same seed")
    differ(one, two, what=f"{what} with two seeds")
    one, two, same, later = sol.probe("seeded_samples", 400, 0.3, [first, other, other])
    what = "poisson_sample(400, 0.3, generator)"
    equal(np.array_equal(two, same), True, what=f"whether {what} depends on its seed alone")
    equal(np.array_equal(one, two), False, what=f"whether {what} is the same for two seeds")
    equal(np.array_equal(later, same), False, what=f"whether {what} repeats a batch")


N, DRAWS = 300, 2000


def _sampled(sol, seed):
    q = float(np.random.default_rng(seed).uniform(0.1, 0.4))
    return sol.probe("samples", N, q, DRAWS), q, f"poisson_sample({N}, {q:.4g})"


def test_batch_holds_indices(sol, seed):
    facts, _, what = _sampled(sol, seed)
    equal(facts["outside"], 0, what=f"indices out of 0…{N - 1} in {what}")
    equal(facts["twice"], 0, what=f"records that occur twice in a batch of {what}")
    for q, size in ((1.0, 23), (1e-9, 0)):
        got = sol.poisson_sample(23, q)
        shape(got, (size,), what=f"poisson_sample(23, {q})")
        dtype(got, "int64", what=f"poisson_sample(23, {q})")
        close(np.sort(got), np.arange(size), what=f"poisson_sample(23, {q}), sorted", atol=0)


def test_each_record_has_the_same_chance(sol, seed):
    facts, q, what = _sampled(sol, seed)
    counts = facts["members"].sum(0)
    off = (counts - DRAWS * q) / math.sqrt(DRAWS * q * (1 - q))
    for way, name in ((off.max(), "more"), (-off.min(), "less")):
        # Of 300 records, and with the longer tail of a binomial: 10⁻⁸ for 7.
        told = f"how many σ one record is drawn {name} often than q says, {what}"
        at_most(float(way), 7.0, what=told)


def test_batch_sizes_vary(sol, seed):
    facts, q, what = _sampled(sol, seed)
    _is_binomial(facts["members"].sum(1), N, q, f"sizes of the batches of {what}")
    # Small batches are empty now and then: they are not drawn again.
    few = sol.probe("samples", 6, 0.15, DRAWS)["members"].sum(1)
    empty = 0.85**6
    off = ((few == 0).mean() - empty) / math.sqrt(empty * (1 - empty) / DRAWS)
    told = "how many σ the share of empty batches is off, poisson_sample(6, 0.15)"
    at_most(abs(float(off)), SURE, what=told)


def _is_binomial(counts, n, q, what):
    scale = n * q * (1 - q)
    off = float(_spread(((counts - n * q) ** 2 / scale).sum(), len(counts)))
    at_least(off, -SURE, what=f"how many σ the spread is off: {what}")
    at_most(off, SURE, what=f"how many σ the spread is off: {what}")


def test_draws_are_independent(sol, seed):
    facts, q, what = _sampled(sol, seed)
    _is_binomial(facts["members"].sum(0), DRAWS, q, f"batches that hold a record, {what}")
    centred = facts["members"] - q
    pairs = {
        "neighbours in a batch": (centred[:, 1:], centred[:, :-1]),
        "records far apart in a batch": (centred[:, N // 2 :], centred[:, : N // 2]),
        "a batch and the next": (centred[1:], centred[:-1]),
        "a batch and the next but one": (centred[2:], centred[:-2]),
    }
    for name, (left, right) in pairs.items():
        together = (left * right).sum() / (q * (1 - q) * math.sqrt(left.size))
        at_most(abs(float(together)), SURE, what=f"correlation of {name} times √n, {what}")


def test_step_is_clipped_and_averaged(sol, ref, seed):
    rng = np.random.default_rng(seed)
    for kind, size, expected in (("vectors", 6, 4), ("words", 3, 8), ("images", 5, 2.5)):
        given = kind, [_batch(rng, kind, size)], 0.4, 0.0, expected
        got, wanted = sol.probe("steps", *given)[0], ref.probe("steps", *given)[0]
        what = f"change by private_step(…, batch of {size}, 0.4, 0.0, {expected})"
        largest = float(np.abs(wanted).max())
        close(got, wanted, what=what, rtol=1e-3, atol=1e-3 * largest)


def test_step_is_bounded_for_neighbours(sol, seed):
    rng = np.random.default_rng(seed)
    bound, expected = float(rng.uniform(0.2, 0.6)), 3
    x, y = _batch(rng, "vectors", 4)
    records = [rng.normal(size=(1, 7)) * size for size in (0.0, 1.0, 1e3, 1e15)]
    batches = [(x, y)]
    for record in [*records, np.full((1, 7), math.inf), np.full((1, 7), math.nan)]:
        target = np.array([[1e4, -1e4, 1e4, -1e4]])
        more_x = tensor(np.concatenate([x, record]), "float32")
        batches.append((more_x, tensor(np.concatenate([y, target]), "float32")))
    first, *others = sol.probe("steps", "vectors", batches, bound, 0.0, expected)
    for other, record in zip(others, batches[1:], strict=True):
        change = float(np.linalg.norm(np.float64(other) - np.float64(first)))
        told = f"change of the step by one more record, x[0] = {record[0][-1][0]:.3g}"
        told += f", for max_norm {bound:.4g} and expected_batch {expected}"
        at_most(change, bound / expected * (1 + 1e-3), what=told)
        if 0 < abs(record[0][-1][0]) < 100:  # an ordinary record with a large gradient
            at_least(change, bound / expected * 0.99, what=told)


def test_step_adds_the_noise_once(sol, seed):
    rng = np.random.default_rng(seed)
    bound, sigma, expected = _scale(rng)
    x, y = _batch(rng, "wide", 9)
    given = "wide", [(x, y), (x, y)], bound
    still = sol.probe("steps", *given, 0.0, expected)
    noise = sol.probe("steps", *given, sigma, expected)
    added = [(np.float64(n) - np.float64(s)) * expected for n, s in zip(noise, still, strict=True)]
    what = f"private_step(…, batch of 9, {bound:.4g}, {sigma:.4g}, {expected})"
    _has_noise(added, sigma * bound, what)


def _has_noise(added, std, what):
    """Ask for the right spread of both vectors, and that the second is not the first again."""
    one, two = (each / std for each in added)
    for each in (one, two):
        off = _spread((each**2).sum(), len(each))
        told = f"how many σ the spread of the noise on the sum is off sigma·max_norm, {what}"
        at_most(abs(off), SURE, what=told)
    together = float((one * two).sum() / np.sqrt((one**2).sum() * (two**2).sum()))
    told = f"correlation of the noise of two steps times √n, {what}"
    at_most(abs(together) * math.sqrt(len(one)), SURE, what=told)


def test_empty_batch_is_a_step(sol, seed):
    rng = np.random.default_rng(seed)
    bound, sigma, expected = _scale(rng)
    empty = _batch(rng, "wide", 0)
    still = sol.probe("steps", "wide", [empty], bound, 0.0, expected)[0]
    close(still, np.zeros(len(still)), what="change by an empty batch and sigma 0", atol=1e-7)
    moved = sol.probe("steps", "wide", [empty, empty], bound, sigma, expected)
    added = [np.float64(each) * expected for each in moved]
    _has_noise(added, sigma * bound, "private_step(…, empty batch, …)")


def _divergence(q, sigma, order):
    """Return the Rényi divergence of q·N(1, σ²) + (1 − q)·N(0, σ²) from N(0, σ²) by an integral."""
    x = np.linspace(-14 * sigma, order + 14 * sigma, 40_001)
    ratio = np.logaddexp(
        math.log1p(-q) if q < 1 else -np.inf, math.log(q) + (2 * x - 1) / (2 * sigma**2)
    )
    logs = order * ratio - x**2 / (2 * sigma**2) - math.log(sigma * math.sqrt(2 * math.pi))
    top = logs.max()
    return (top + math.log(np.exp(logs - top).sum() * (x[1] - x[0]))) / (order - 1)


def test_one_step_costs_the_divergence(sol, seed):
    rng = np.random.default_rng(seed)
    for _ in range(6):
        q, sigma = float(10 ** rng.uniform(-2, -0.3)), float(rng.uniform(0.7, 4))
        for order in (2, 3, int(rng.integers(4, 40))):
            what = f"rdp({q:.6g}, {sigma:.6g}, {order})"
            close(sol.rdp(q, sigma, order), _divergence(q, sigma, order), what=what, rtol=1e-5)


def test_rdp_at_the_ends(sol):
    for sigma, order in ((1.0, 2), (0.6, 17), (5.0, 64)):
        what = f"rdp(1.0, {sigma}, {order})"
        close(sol.rdp(1.0, sigma, order), order / (2 * sigma**2), what=what, rtol=1e-6)
    for q, sigma, order in ((0.01, 0.4, 128), (0.3, 0.25, 100), (0.002, 1.0, 500)):
        what = f"rdp({q}, {sigma}, {order})"
        close(sol.rdp(q, sigma, order), _divergence(q, sigma, order), what=what, rtol=1e-5)


def test_epsilon_is_that_of_opacus(sol, ref, seed):
    rng = np.random.default_rng(seed)
    drawn = [
        (float(10 ** rng.uniform(-3, -0.7)), float(rng.uniform(0.6, 3)), int(rng.integers(1, 5000)))
        for _ in range(2)
    ]
    # The best order is the last of all, the first, and one between.
    for q, sigma, steps in (*drawn, (0.002, 6.0, 20), (0.4, 0.5, 900), (0.01, 0.8, 500)):
        delta = float(10 ** rng.uniform(-7, -4))
        given = q, sigma, steps, delta
        what = f"epsilon({q:.6g}, {sigma:.6g}, {steps}, {delta:.4g})"
        close(sol.epsilon(*given), _opacus(ref, given, list(range(2, 129))), what=what, rtol=1e-5)


def _opacus(ref, given, orders):
    """Return the ε of Opacus, or the reference's where it is not installed."""
    found = ref.probe("opacus_epsilon", *given, orders)
    return ref.epsilon(*given, orders) if found is None else found


def test_epsilon_takes_the_best_of_the_orders(sol, ref):
    given = 0.01, 0.8, 500, 1e-5
    for orders in ([2, 3], [30, 5, 9], [64]):
        what = f"epsilon(0.01, 0.8, 500, 1e-5, {orders})"
        close(sol.epsilon(*given, orders), _opacus(ref, given, orders), what=what, rtol=1e-5)


def test_delta_is_a_probability(sol):
    for delta in (0.0, 1.0, -1e-5, 1.5):
        call = f"epsilon(0.01, 1.0, 100, {delta})"
        raises(lambda d=delta: sol.epsilon(0.01, 1.0, 100, d), "ValueError", what=call)


def test_device(on_device, seed):
    rng = np.random.default_rng(seed)
    x, y = _batch(rng, "vectors", 5)
    one, other, same = on_device.probe("seeded_steps", "vectors", x, y, [3, 4, 4])
    close(other, same, what="change by private_step(…, generator), twice with the same seed")
    differ(one, other, what="change by private_step(…, generator) with two seeds")
