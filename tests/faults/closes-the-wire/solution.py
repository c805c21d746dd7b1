import os


def double(x):
    os.closerange(3, 1_000)
    return 2 * x


def total(x):
    return float(x.sum())
