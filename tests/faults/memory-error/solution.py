import numpy as np


def double(x):
    return np.ones(10**14)


def total(x):
    return float(x.sum())
