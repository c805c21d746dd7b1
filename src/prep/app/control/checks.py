"""The checks of the control pair: its good solution must pass, its bad one fail on the mean."""

import numpy as np

from prep.grading.checks import close, tensor


def _drawn(seed):
    return np.random.default_rng(seed).normal(size=(5, 3))


def test_double(sol, ref, seed):
    x = tensor(_drawn(seed), "float32")
    close(sol.double(x), ref.double(x), what="double(x)")


def test_mean(sol, seed):
    x = _drawn(seed)
    close(sol.mean(x), x.mean(), what="mean(x)")


def test_device(on_device, seed):
    x = tensor(_drawn(seed), "float32")
    close(on_device.double(x), 2 * x, what="double(x)")
