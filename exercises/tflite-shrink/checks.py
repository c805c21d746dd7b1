"""What `prep grade tflite-shrink` asks: a check for each bug. Each grading draws its own model."""

import numpy as np

from prep.grading.checks import at_most, close, dtype, equal, expect, shape

SIDES, WIDE, CLASSES = (9, 8, 1), 96, 5


def test_images_of_any_size(sol, seed):
    """49 images of 16 × 16 have as many pixels as 16 of 28 × 28."""
    images = np.random.default_rng(seed).integers(0, 180, (49, 16, 16)).astype("uint8")
    found = sol.prepare(images)
    shape(found, (49, 16, 16, 1), what="prepare(images)")
    dtype(found, "float32", what="prepare(images)")
    close(found[..., 0], images / 255, what="prepare(images)", rtol=1e-5)


def test_the_given_model_is_converted(sol, seed):
    weights, samples, rows = _task(seed)
    found = sol.probe("outputs", weights, SIDES, samples, rows)
    wanted = _formula(weights, rows)
    close(found, wanted, what='outputs of convert(model, "float32", samples)', rtol=1e-3)


def test_dynamic_is_smaller(sol, seed):
    weights, samples, _ = _task(seed)
    plain, small = (
        sol.probe("converted", weights, SIDES, samples, kind) for kind in ("float32", "dynamic")
    )
    at_most(small["bytes"] / plain["bytes"], 0.5, what="dynamic / float32 bytes")
    equal(small["weights"], "int8", what='weights of convert(model, "dynamic", samples)')
    equal(small["input"], "float32", what='input of convert(model, "dynamic", samples)')
    equal(plain["weights"], "float32", what='weights of convert(model, "float32", samples)')


def test_int8_is_calibrated_with_the_samples(sol, seed):
    weights, samples, _ = _task(seed)
    found = sol.probe("converted", weights, SIDES, samples, "int8")
    equal(found["input"], "int8", what='input of convert(model, "int8", samples)')
    equal(found["floats"], 0, what='float tensors in convert(model, "int8", samples)')
    scale, zero_point = found["steps"]
    low, high = min(0.0, float(samples.min())), float(samples.max())
    close(255 * scale, high - low, what="255 * scale of the input", rtol=0.1)
    start = scale * (-128 - zero_point)
    close(start, low, what="lowest number of the input", rtol=0.0, atol=0.1 * (high - low))


def test_what_is_out_of_range_saturates(sol, seed):
    rng = np.random.default_rng(seed)
    scale, zero_point = float(rng.uniform(0.01, 0.1)), int(rng.integers(-40, 40))
    codes = np.concatenate([rng.integers(-128, 128, 40), rng.integers(-600, 600, 60), [-129, 128]])
    real = ((codes - zero_point + rng.uniform(-0.4, 0.4, 102)) * scale).astype("float32")
    found = sol.to_stored(real.reshape(6, 17), scale, zero_point)
    shape(found, (6, 17), what="to_stored(real, scale, zero_point)")
    dtype(found, "int8", what="to_stored(real, scale, zero_point)")
    wanted = np.clip(codes, -128, 127)
    equal(np.ravel(found).tolist(), wanted.tolist(), what="to_stored(real, scale, zero_point)")


def test_codes_do_not_overflow(sol, seed):
    rng = np.random.default_rng(seed)
    for zero_point in (int(rng.integers(-128, -60)), int(rng.integers(60, 128))):
        scale, codes = float(rng.uniform(0.01, 0.1)), rng.integers(-128, 128, (7, 13))
        found = sol.to_real(codes.astype("int8"), scale, zero_point)
        dtype(found, "float32", what="to_real(stored, scale, zero_point)")
        close(found, (codes - zero_point) * scale, what="to_real(stored, scale, zero_point)")
    weights, samples, _ = _task(seed)
    codes = rng.integers(-127, 128, (11, *SIDES))
    told, wanted, step = sol.probe("predicted", weights, SIDES, samples, codes)
    shape(told, (11, CLASSES), what="predict(int8 file, rows)")
    # Another kernel may round a half the other way.
    close(told, wanted, what="predict(int8 file, rows)", rtol=0.0, atol=2.1 * step)


def test_accuracy_is_against_the_labels(sol, seed):
    """The labels are such that accuracy is far from agreement, whatever the file answers."""
    weights, samples, rows = _task(seed)
    before = _formula(weights, rows).argmax(-1)
    after = sol.probe("outputs", weights, SIDES, samples, rows).argmax(-1)
    share = 0.3 if (before == after).mean() > 0.55 else 0.8
    right = np.random.default_rng(seed).permutation(len(rows)) < share * len(rows)
    labels = np.where(right, after, (after + 1) % CLASSES)
    told = sol.probe("compared", weights, SIDES, samples, rows, labels)
    slack = 1.5 / len(rows)  # one row near a tie
    for name, found in (("model", before), ("file", after)):
        wanted = float((found == labels).mean())
        close(told[name], wanted, what=f'compare(…)["{name}"]', rtol=0.0, atol=slack)


def test_warm_up_does_not_count(sol):
    told, took = sol.probe("timed", [0.09] * 7 + [0.002, 0.05], 7, 2)
    equal(len(took), 9, what="calls of call() with warmup=7, repeats=2")
    wanted = float(np.median(took[7:]))
    expect(
        0.9 * wanted <= told <= 1.1 * wanted + 5,
        en=f"latency(call, 7, 2) is {told:.2f} ms; the two calls after the warm-up took "
        f"{took[7]:.1f} and {took[8]:.1f} ms, those of the warm-up {took[0]:.1f} ms or so.",
        zh=f"latency(call, 7, 2) 是 {told:.2f} 毫秒；预热之后的两次调用用了 {took[7]:.1f} 和 "
        f"{took[8]:.1f} 毫秒，预热每次约 {took[0]:.1f} 毫秒。",
    )


def _task(seed):
    """Return weights, samples to calibrate with, and rows; numbers from −4 to 6 or so."""
    rng = np.random.default_rng(seed)
    pixels = int(np.prod(SIDES))
    weights = [
        rng.normal(size=(pixels, WIDE)) / pixels**0.5,
        rng.normal(size=WIDE) * 0.3,
        rng.normal(size=(WIDE, CLASSES)) / WIDE**0.5,
        rng.normal(size=CLASSES) * 0.3,
    ]
    weights = [each.astype("float32") for each in weights]
    samples = rng.normal(1, 1.5, (40, *SIDES)).astype("float32")
    samples[-1, 0, 0, 0], samples[-2, 0, 0, 0] = -6.0, 9.0  # the widest come last
    rows = rng.normal(1, 1.5, (60, *SIDES)).astype("float32")
    return weights, samples, rows


def _formula(weights, rows):
    first, shift, last, end = (each.astype("float64") for each in weights)
    return np.maximum(rows.reshape(len(rows), -1) @ first + shift, 0) @ last + end
