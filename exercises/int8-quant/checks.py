"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

from fractions import Fraction

import numpy as np

from prep.grading.checks import (
    at_most,
    close,
    dtype,
    equal,
    expect,
    leaves_arguments,
    shape,
    tensor,
)

RANGES = [(-1.7, 4.3), (-6.1, 0.8), (2.5, 7.5), (-9.0, -3.0)]  # the last two leave zero out
CODES = [(0, 255), (-128, 127)]


def _exactly(codes):
    return np.asarray(codes, np.float64)


def _params(sol, low, high, q_min, q_max):
    found = sol.affine_params(low, high, q_min, q_max)
    call = f"affine_params({low}, {high}, {q_min}, {q_max})"
    expect(
        np.shape(found) == (2,),
        en=f"{call} should return two numbers: scale and zero point.",
        zh=f"{call} 应返回两个数：scale 和 zero point。",
    )
    return float(found[0]), float(found[1]), call


def test_range_becomes_scale_and_zero_point(sol):
    for low, high in [(-1.7, 4.3), (-6.1, 0.8), (-5.0, 5.0)]:
        for q_min, q_max in CODES:
            scale, zero, call = _params(sol, low, high, q_min, q_max)
            close(scale, (high - low) / (q_max - q_min), what=f"scale of {call}", rtol=1e-6)
            at_most(abs(zero - (q_min - low / scale)), 0.501, what=f"abs(zero - exact) of {call}")
            equal(zero == int(zero), True, what=f"zero point of {call} is an integer")
    found = sol.affine_params(-1.0, 3.0)
    close(found[0], 4 / 255, what="scale of affine_params(-1.0, 3.0)", rtol=1e-6)
    equal(int(found[1]), 64, what="zero point of affine_params(-1.0, 3.0)")


def test_zero_is_exact(sol, seed):
    rng = np.random.default_rng(seed)
    for low, high in RANGES:
        for q_min, q_max in CODES:
            scale, zero, call = _params(sol, low, high, q_min, q_max)
            inside = q_min <= zero <= q_max
            equal(inside, True, what=f"zero point of {call} is one of the codes")
            x = tensor(rng.uniform(low, high, size=9), "float32")
            facts = sol.probe("round_trip", x, low, high, q_min, q_max)
            close(facts["zero"], np.zeros(3), what=f"dequantize(quantize(0)), {call}", atol=0)
    scale, zero, call = _params(sol, 0.0, 0.0, 0, 255)
    expect(
        scale > 0 and np.isfinite(scale),
        en=f"{call} gives the scale {scale:g}: a tensor of zeros must not divide by zero.",
        zh=f"{call} 给出的 scale 是 {scale:g}：全零张量不能导致除以零。",
    )


def test_round_trip_is_within_half_a_step(sol, seed):
    rng = np.random.default_rng(seed)
    for low, high in RANGES:
        for q_min, q_max in CODES:
            x = tensor(rng.uniform(low, high, size=(11, 7)), "float32")
            facts = sol.probe("round_trip", x, low, high, q_min, q_max)
            what = f"range ({low}, {high}), codes ({q_min}, {q_max})"
            shape(facts["back"], (11, 7), what=f"dequantize(…), {what}")
            dtype(facts["back"], "float32", what=f"dequantize(…), {what}")
            dtype(facts["codes"], "uint8" if q_min == 0 else "int8", what=f"quantize(…), {what}")
            step = float(np.asarray(facts["scale"], np.float64))
            worst = np.abs(_exactly(facts["back"]) - _exactly(x)).max()
            # At the ends, a rounded zero point may take up to half a step more.
            inner = np.abs(_exactly(facts["back"]) - _exactly(x))[_inside(x, low, high, step)]
            at_most(float(worst), 1.01 * step, what=f"largest error, {what}")
            at_most(
                float(inner.max()), 0.501 * step, what=f"largest error away from the ends, {what}"
            )


def _inside(x, low, high, step):
    values = _exactly(x)
    return (values > min(low, 0) + step) & (values < max(high, 0) - step)


def test_codes_are_torchs(sol, ref, seed):
    rng = np.random.default_rng(seed)
    for scale, zero, (q_min, q_max) in ((0.05, 90, (0, 255)), (0.125, -7, (-128, 127))):
        steps = rng.integers(-140, 400, size=(9, 8)) + rng.uniform(-0.45, 0.45, size=(9, 8))
        x = tensor(steps * scale, "float32")
        expected = ref.probe("torchs_codes", x, scale, zero, q_min, q_max)
        got = sol.quantize(x, scale, zero, q_min, q_max)
        close(
            _exactly(got), expected, what=f"quantize(x, {scale}, {zero}, {q_min}, {q_max})", atol=0
        )
        leaves_arguments(sol, what="quantize(x, …)")


def test_values_outside_saturate(sol):
    x = tensor([-1e9, -100.0, 0.0, 100.0, 1e9, -np.inf, np.inf], "float32")
    got = sol.quantize(x, 0.1, 128, 0, 255)
    close(
        _exactly(got), [0, 0, 128, 255, 255, 0, 255], what="quantize(…, 0.1, 128, 0, 255)", atol=0
    )
    got = sol.quantize(x, 0.1, 0, -128, 127)
    close(
        _exactly(got),
        [-128, -128, 0, 127, 127, -128, 127],
        what="quantize(…, 0.1, 0, -128, 127)",
        atol=0,
    )


def test_codes_do_not_wrap_on_the_way_back(sol):
    codes = tensor([0, 1, 127, 200, 255], "uint8")
    got = sol.dequantize(codes, 0.5, 200)
    close(got, [-100.0, -99.5, -36.5, 0.0, 27.5], what="dequantize(uint8 codes, 0.5, 200)")
    codes = tensor([-128, -1, 0, 127], "int8")
    got = sol.dequantize(codes, 0.5, -100)
    close(got, [-14.0, 49.5, 50.0, 113.5], what="dequantize(int8 codes, 0.5, -100)")


def _weights(rng):
    """Return five channels of very different sizes; the largest is positive, the last all zeros."""
    w = rng.normal(size=(5, 3, 4)) * np.array([0.01, 0.3, 2.0, 40.0, 0.0])[:, None, None]
    w[3] = np.abs(w[3])
    return w


def test_each_channel_has_its_scale(sol, seed):
    rng = np.random.default_rng(seed)
    w = _weights(rng)
    square = np.concatenate([w.reshape(5, -1)[:, :4], np.zeros((5, 1))], axis=1)
    _check_channels(sol, square, 0, square)  # along either axis, scales of five would fit
    _check_channels(sol, square, 1, square.T)
    for axis in (0, 1, 2):
        _check_channels(sol, w, axis, np.moveaxis(w, 0, axis))


def _check_channels(sol, w, axis, given):
    """Compare scales and errors of five channels, which lie along `axis` of `given`."""
    facts = sol.probe("weights_round_trip", tensor(given, "float32"), axis)
    what = f"symmetric_scale(w of shape {given.shape}, axis={axis})"
    largest = np.abs(w).reshape(5, -1).max(axis=1)
    shape(facts["scale"], (5,), what=what)
    close(facts["scale"], np.where(largest, largest / 127, 1.0), what=what, rtol=1e-5)
    error = np.abs(_exactly(facts["back"]) - given)
    worst = np.moveaxis(error, axis, 0).reshape(5, -1).max(axis=1)
    for channel in range(5):
        bound = 0.505 * largest[channel] / 127
        at_most(
            float(worst[channel]), bound, what=f"largest error of channel {channel}, axis={axis}"
        )


def test_one_scale_for_the_tensor(sol, seed):
    w = _weights(np.random.default_rng(seed))
    facts = sol.probe("weights_round_trip", tensor(w, "float32"), None)
    shape(facts["scale"], (), what="symmetric_scale(w)")
    close(facts["scale"], np.abs(w).max() / 127, what="symmetric_scale(w)", rtol=1e-5)
    dtype(facts["codes"], "int8", what="codes of w")
    at_most(
        float(np.abs(_exactly(facts["back"]) - w).max()),
        0.505 * np.abs(w).max() / 127,
        what="largest error",
    )


def test_calibration_sees_every_batch(sol, seed):
    rng = np.random.default_rng(seed)
    sizes = ((4, 6), 3.0), ((7, 2, 3), 9.0), ((18,), 1.0)
    batches = [rng.normal(size=size) * scale for size, scale in sizes]
    every = np.concatenate([b.ravel() for b in batches]).astype(np.float32)
    given = [tensor(b, "float32") for b in batches]
    for found in sol.probe("calibrated", given, None):
        _range(found, [every.min(), every.max()], "calibrate(batches)", rtol=1e-5)
    found = sol.probe("calibrated", given, 0.9)[0]
    expected = np.quantile(every.astype(np.float64), [0.05, 0.95])
    _range(found, expected, "calibrate(batches, coverage=0.9)", rtol=1e-4, atol=1e-4)


def _range(found, expected, what, **near):
    for place, name in enumerate(("low", "high")):
        close(found[place], float(expected[place]), what=f"{name} of {what}", **near)


def _multipliers(rng):
    return [0.25, *(2.0 ** rng.uniform(-12, 1, size=5)), 1 - 2.0**-33, 2.0**-9 - 2.0**-42, 2.0**-15]


def test_multiplier_as_an_integer_and_a_shift(sol, seed):
    for multiplier in _multipliers(np.random.default_rng(seed)):
        found = sol.fixed_point(multiplier)
        what = f"fixed_point({multiplier})"
        expect(
            np.shape(found) == (2,) and all(float(v) == int(v) for v in found),
            en=f"{what} should return two whole numbers: m0 and shift.",
            zh=f"{what} 应返回两个整数：m0 和 shift。",
        )
        m0, places = int(found[0]), int(found[1])
        equal(2**30 <= m0 < 2**31, True, what=f"2**30 <= m0 < 2**31 of {what}")
        error = abs(Fraction(m0) / Fraction(2) ** places / Fraction(multiplier) - 1)
        at_most(float(error), 2.0**-30, what=f"abs(m0 * 2**-shift / multiplier - 1) of {what}")


def _sums(rng, multipliers):
    """Return int32 sums whose codes lie in and out of the range, and just beside a half."""
    wide = rng.integers(-300, 300, size=(23, len(multipliers))) / np.array(multipliers)
    near = (rng.integers(-120, 120, size=(23, len(multipliers))) + 0.5) / np.array(multipliers)
    both = np.concatenate([wide, near, near + 1, near - 1])
    return np.clip(np.round(both), -(2**31) + 1, 2**31 - 1).astype(np.int32)


def test_sums_are_rescaled_and_rounded(sol, seed):
    rng = np.random.default_rng(seed)
    multipliers = [
        float(m) for m in [*rng.uniform(1e-7, 1e-6, size=2), *rng.uniform(2e-5, 2e-3, size=2)]
    ]
    acc = _sums(rng, multipliers)
    for zero, q_min, q_max in ((17, 0, 255), (-5, -128, 127)):
        facts = sol.probe("scaled", tensor(acc, "int32"), multipliers, zero, q_min, q_max)
        shape(facts["codes"], acc.shape, what="requantize(acc, …)")
        wanted, tie = _rescaled(acc, facts["pairs"], zero, q_min, q_max)
        got = _exactly(facts["codes"])
        got = np.where(tie & (np.abs(got - wanted) == 1), wanted, got)  # a half may go either way
        close(got, wanted, what=f"requantize(acc, …, {zero}, {q_min}, {q_max})", atol=0)
        dtype(facts["codes"], "uint8" if q_min == 0 else "int8", what="requantize(acc, …)")
        first = _exactly(facts["first"])
        close(
            first, _exactly(facts["codes"])[:, 0], what="requantize(acc[:, 0], int, int, …)", atol=0
        )


def _rescaled(acc, pairs, zero, q_min, q_max):
    """Return the codes by exact arithmetic, and where a sum lies exactly between two."""
    codes, tie = np.empty(acc.shape), np.empty(acc.shape, bool)
    for place, total in np.ndenumerate(acc):
        m0, shift_by = pairs[place[1]]
        exact = Fraction(int(total) * m0) / Fraction(2) ** shift_by
        tie[place] = (2 * exact).denominator == 1 and exact.denominator == 2
        codes[place] = min(max((exact + Fraction(1, 2)).__floor__() + zero, q_min), q_max)
    return codes, tie


def _layer(rng, inputs=1500, outputs=6, batch=5):
    w_scale = 10.0 ** rng.uniform(-4, -2, size=outputs)
    given = {
        "x_q": rng.integers(256, size=(batch, inputs)),
        "w_q": rng.integers(-127, 128, size=(outputs, inputs)),
        "bias": rng.normal(size=outputs) * 3,
    }
    return given, w_scale


def _exact(given, x_scale, x_zero, w_scale):
    x = (given["x_q"] - x_zero) * x_scale
    return x @ (given["w_q"] * w_scale[:, None]).T + given["bias"]


def test_linear_layer_of_integers(sol, seed):
    rng = np.random.default_rng(seed)
    given, w_scale = _layer(rng)
    x_scale, x_zero = 0.02, 131
    y = _exact(given, x_scale, x_zero, w_scale)
    y_scale, y_zero = float(np.abs(y).max() / 100), 119
    got = sol.quantized_linear(
        tensor(given["x_q"], "uint8"), x_scale, x_zero, tensor(given["w_q"], "int8"),
        tensor(w_scale, "float32"), tensor(given["bias"], "float32"), y_scale, y_zero,
    )  # fmt: skip
    shape(got, y.shape, what="quantized_linear(…)")
    dtype(got, "uint8", what="quantized_linear(…)")
    worst = np.abs(_exactly(got) - np.clip(y / y_scale + y_zero, 0, 255)).max()
    # Half a step of rounding, and what a rounded bias and float32 scales move.
    at_most(float(worst), 0.6, what="largest distance of the codes from x·wᵀ + bias in steps")
    _bias_alone(sol, rng)


def _bias_alone(sol, rng):
    """All inputs stand for 0, and a step of the output is one of the bias: it is rounded once."""
    steps = rng.integers(-90, 90, size=6) + np.array([0.3, -0.3, 0.7, -0.7, 0.4, 0.6])
    x_scale, w_scale, y_zero = 2.0**-6, 2.0**-7, 100
    got = sol.quantized_linear(
        tensor(np.full((2, 9), 40), "uint8"), x_scale, 40,
        tensor(rng.integers(-127, 128, size=(6, 9)), "int8"), tensor([w_scale] * 6, "float32"),
        tensor(steps * x_scale * w_scale, "float32"), x_scale * w_scale, y_zero,
    )  # fmt: skip
    expected = np.tile(np.round(steps) + y_zero, (2, 1))
    close(_exactly(got), expected, what="quantized_linear(x == 0, …)  # the bias alone", atol=0)


def test_linear_layer_saturates(sol, seed):
    rng = np.random.default_rng(seed)
    given, w_scale = _layer(rng, inputs=40)
    y = _exact(given, 0.02, 131, w_scale)
    y_scale = float(np.abs(y).max() / 400)
    got = sol.quantized_linear(
        tensor(given["x_q"], "uint8"), 0.02, 131, tensor(given["w_q"], "int8"),
        tensor(w_scale, "float32"), tensor(given["bias"], "float32"), y_scale, 128,
    )  # fmt: skip
    shape(got, y.shape, what="quantized_linear(…)")
    exact = np.clip(y / y_scale + 128, 0, 255)
    allowed = 0.6 + 0.5 * 0.02 * w_scale / y_scale  # a bias is rounded to a step of the sum
    worst = (np.abs(_exactly(got) - exact) - allowed).max()
    at_most(float(worst), 0.0, what="distance of saturated codes beyond the allowed")
