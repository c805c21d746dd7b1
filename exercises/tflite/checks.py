"""What `prep grade tflite` asks. Each grading draws its own model."""

from functools import lru_cache

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    dtype,
    equal,
    expect,
    leaves_arguments,
    shape,
)

KINDS = ("float32", "float16", "dynamic", "int8")
SIDES, WIDE, CLASSES = (20, 18), 256, 5
PIXELS = SIDES[0] * SIDES[1]
LINEAR = 23


def test_float32_is_the_given_model(sol, seed):
    weights, _, rows, _ = _task(seed)
    got = _outputs(sol, seed, "float32")
    close(got, _formula(weights, rows), what="float32 model(x)", rtol=1e-3)


def test_each_kind_stores_its_dtype(sol, seed):
    for kind, stored in zip(KINDS, ("float32", "float16", "int8", "int8"), strict=True):
        found = _inside(sol, seed, kind)
        equal(found["weights"], stored, what=f'convert(…, "{kind}"): weights')
        wanted = "int8" if kind == "int8" else "float32"
        equal(found["input"], wanted, what=f'convert(…, "{kind}"): input')
        equal(found["output"], wanted, what=f'convert(…, "{kind}"): output')
    inside = [name for name in _inside(sol, seed, "int8")["dtypes"] if name.startswith("float")]
    equal(inside, [], what='convert(…, "int8"): float tensors')


def test_batch_axis_stays_free(sol, seed):
    for kind in KINDS:
        found = _inside(sol, seed, kind)["shape"]
        equal(found, [-1, *SIDES], what=f'convert(…, "{kind}"): shape_signature')


def test_sizes(sol, seed):
    sizes = {kind: _inside(sol, seed, kind)["bytes"] for kind in KINDS}
    for kind, most in (("float16", 0.55), ("dynamic", 0.30), ("int8", 0.30)):
        at_most(sizes[kind] / sizes["float32"], most, what=f"{kind} / float32 bytes")


def test_int8_range_comes_from_the_samples(sol, seed):
    _, samples, _, _ = _task(seed)
    found = _inside(sol, seed, "int8")
    equal(found["input"], "int8", what='convert(…, "int8"): input')
    scale, zero_point = found["input_steps"]
    low, high = min(0.0, float(samples.min())), max(0.0, float(samples.max()))
    close(255 * scale, high - low, what="255 * scale", rtol=0.15)
    start = scale * (-128 - zero_point)
    close(start, low, what="scale * (-128 - zero_point)", rtol=0.0, atol=0.15 * (high - low))


def test_int8_keeps_the_accuracy(sol, seed):
    weights, _, rows, labels = _task(seed)
    before = _accuracy(_formula(weights, rows), labels)
    got = _accuracy(_outputs(sol, seed, "int8"), labels)
    at_least(got, before - 0.01, what="accuracy(int8)")


def test_predict_floats(sol, ref, seed):
    flat, rows, gain, shift = _linear(ref, seed, "float32")
    for some in (rows[:11], rows[:1]):
        got = sol.predict(flat, some)
        leaves_arguments(sol, what="predict(flat, rows)")
        shape(got, some.shape, what="predict(float32, rows)")
        dtype(got, "float32", what="predict(float32, rows)")
        close(got, gain * some + shift, what="predict(float32, rows)", rtol=1e-3)


def test_predict_int8_speaks_real_numbers(sol, ref, seed):
    flat, rows, _, _ = _linear(ref, seed, "int8")
    for some in (rows[:13], rows[:1]):
        got = sol.predict(flat, some)
        leaves_arguments(sol, what="predict(flat, rows)")
        shape(got, some.shape, what="predict(int8, rows)")
        dtype(got, "float32", what="predict(int8, rows)")
        # A half rounded the other way moves an output by one step.
        _close_in_steps(got, ref.predict(flat, some), 1.1, ref.probe("facts", flat), "rows")


def test_predict_int8_rounds(sol, ref, seed):
    flat, rows, _, _ = _linear(ref, seed, "int8")
    facts = ref.probe("facts", flat)
    scale, zero_point = facts["input_steps"]
    stored = np.arange(8 * LINEAR).reshape(8, LINEAR) - 90.0
    # A tenth away from a step on either side: cutting off, up or down, gives another one.
    stored[::2] -= 0.1
    stored[1::2] += 0.1
    rows = ((stored - zero_point) * scale).astype("float32")
    _close_in_steps(sol.predict(flat, rows), ref.predict(flat, rows), 0.4, facts, "rows")


def test_predict_int8_saturates(sol, ref, seed):
    flat, rows, _, _ = _linear(ref, seed, "int8")
    rows = rows[:6] * np.float32(2.3)
    got, wanted = sol.predict(flat, rows), ref.predict(flat, rows)
    _close_in_steps(got, wanted, 1.1, ref.probe("facts", flat), "2.3 * rows")


def test_compare_tells_size_and_accuracy(sol, seed):
    weights, samples, rows, labels = _task(seed)
    # A third of the labels are wrong, so that accuracy on anything else than these rows shows.
    labels = np.where(np.arange(len(labels)) % 3 == 0, (labels + 1) % CLASSES, labels)
    report = sol.probe("compared", weights, SIDES, samples, rows, labels)
    equal(sorted(report), sorted(["original", *KINDS]), what="sorted(compare(…))")
    wanted = _accuracy(_formula(weights, rows), labels)
    _same_accuracy(report, "original", wanted, len(rows))
    for kind in KINDS:
        _same_accuracy(report, kind, _accuracy(_outputs(sol, seed, kind), labels), len(rows))
        size = _inside(sol, seed, kind)["bytes"]
        close(report[kind]["bytes"], size, what=f'["{kind}"]["bytes"]', rtol=0.01)


def test_latency_leaves_the_warm_up_out(sol, seed):
    found, warmup, repeats = _timed(sol, seed)
    equal(len(found["took"]), warmup + repeats, what="calls of call()")
    longest = max(found["took"][warmup:])
    # The slow calls of the warm-up take three times the longest of the others.
    at_most(found["p99"], 1.5 * longest + 10, what='["p99"]')


def test_latency_is_percentiles(sol, seed):
    found, warmup, repeats = _timed(sol, seed)
    took = sorted(found["took"][warmup:])
    # Whatever the interpolation, and a little for what timing itself takes.
    at_least(found["p50"], 0.99 * took[repeats // 2 - 2], what='["p50"]')
    at_most(found["p50"], 1.3 * took[repeats // 2 + 1] + 1, what='["p50"]')
    at_least(found["p95"], 0.99 * took[repeats - 4], what='["p95"]')
    at_least(found["p99"], 0.99 * took[repeats - 2], what='["p99"]')


def _inside(sol, seed, kind):
    weights, samples, _, _ = _task(seed)
    return sol.probe("inside", weights, SIDES, samples, kind)


def _outputs(sol, seed, kind):
    """Real outputs of a converted file for all rows, quantised and back by ourselves."""
    weights, samples, rows, _ = _task(seed)
    found = _inside(sol, seed, kind)
    stored = rows
    if found["input"] == "int8":
        scale, zero_point = found["input_steps"]
        stored = np.clip(np.round(rows / scale) + zero_point, -128, 127).astype("int8")
    got = sol.probe("outputs", weights, SIDES, samples, kind, stored)
    shape(got, (len(rows), CLASSES), what=f'convert(…, "{kind}"): output')
    if found["output"] == "int8":
        scale, zero_point = found["output_steps"]
        return (got.astype("float64") - zero_point) * scale
    return got


@lru_cache
def _line(seed):
    """Samples, gain and shift of a linear model: input and output with zero points far apart."""
    rng = np.random.default_rng(seed)
    low, high, gain = -rng.uniform(2, 4), rng.uniform(5, 7), rng.uniform(1.5, 3)
    samples = rng.uniform(low, high, (64, LINEAR)).astype("float32")
    # Two thirds of the output's range lie under zero, and a third or less of the input's.
    shift = -gain * (low + rng.uniform(0.6, 0.72) * (high - low))
    return samples, round(float(gain), 3), round(float(shift), 3)


def _linear(ref, seed, kind):
    """A file of the linear model that the reference made: what quantising did can be read off."""
    samples, gain, shift = _line(seed)
    return ref.probe("linear_file", gain, shift, samples, kind), samples, gain, shift


def _close_in_steps(got, wanted, steps, facts, rows):
    slack = steps * facts["output_steps"][0]
    close(got, wanted, what=f"predict(int8, {rows})", rtol=0.0, atol=slack)


def _same_accuracy(report, kind, wanted, count):
    slack = 2.5 / count  # two rows near a tie
    what = f'["{kind}"]["accuracy"]'
    close(report[kind]["accuracy"], wanted, what=what, rtol=0.0, atol=slack)


def _timed(sol, seed):
    """Times of three slow calls, then of 33 quick ones, five of 20 ms and two of 40 ms, mixed."""
    warmup, repeats = 3, 40
    pauses = np.random.default_rng(seed).permutation([0.002] * 33 + [0.02] * 5 + [0.04] * 2)
    found = sol.probe("timed", [0.12] * warmup + pauses.tolist(), warmup, repeats)
    expect(
        len(found["took"]) >= warmup + repeats,
        en=f"latency(call, {warmup}, {repeats}) made {len(found['took'])} calls.",
        zh=f"latency(call, {warmup}, {repeats}) 只调用了 {len(found['took'])} 次。",
    )
    return found, warmup, repeats


@lru_cache
def _task(seed):
    """Weights of a classifier fitted in closed form, samples to calibrate with, rows and labels."""
    rng = np.random.default_rng(seed)
    prototypes = rng.normal(size=(CLASSES, PIXELS)) * 0.5

    def draw(count):
        labels = rng.permutation(np.arange(count) % CLASSES)
        noisy = prototypes[labels] + 1.6 * rng.normal(size=(count, PIXELS)) + 1.5
        return noisy.reshape(count, *SIDES).astype("float32"), labels

    train, wanted = draw(900)
    (samples, _), (rows, labels) = draw(120), draw(400)
    # The widest come last: whoever calibrates with the first ones only misses the range.
    samples = samples[np.argsort(np.ptp(samples, axis=(1, 2)))]
    weights = [rng.normal(size=(PIXELS, WIDE)) / PIXELS**0.5, rng.normal(size=WIDE) * 0.3]
    hidden = np.hstack([_hidden(weights, train), np.ones((len(train), 1))])
    target = 8.0 * np.eye(CLASSES)[wanted]
    ridge = hidden.T @ hidden + 30 * np.eye(WIDE + 1)
    last = np.linalg.solve(ridge, hidden.T @ target)  # (WIDE + 1, CLASSES)
    weights += [last[:-1], last[-1]]
    return [array.astype("float32") for array in weights], samples, rows, labels


def _hidden(weights, rows):
    flat = rows.reshape(len(rows), -1).astype("float64")
    return np.maximum(flat @ weights[0].astype("float64") + weights[1], 0)


def _formula(weights, rows):
    logits = _hidden(weights, rows) @ weights[2].astype("float64") + weights[3]
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _accuracy(outputs, labels):
    return float((np.argmax(outputs, -1) == labels).mean())
