import numpy as np

from prep.grading.checks import close, tensor

X = np.arange(5.0)


def test_sum(sol):
    close(sol.add_one(tensor(X, "float32")), X + 1, what="add_one(x)")


def test_device(on_device):
    close(on_device.add_one(tensor(X, "float32")), X + 1, what="add_one(x)")
