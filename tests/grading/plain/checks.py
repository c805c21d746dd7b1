import numpy as np

from prep.grading.checks import close, leaves_arguments


def test_double(sol, ref, seed):
    x = np.random.default_rng(seed).normal(size=(3, 5))
    close(sol.double(x), ref.double(x), what="double(x)")


def test_total(sol, seed):
    x = np.random.default_rng(seed).normal(size=7)
    close(sol.total(x), x.sum(), what="total(x)")


def test_leaves_input(sol):
    sol.double(np.ones(4))
    leaves_arguments(sol, what="double(x)")
