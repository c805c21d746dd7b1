import itertools


def double(x):
    return sum(itertools.repeat(1))


def total(x):
    return float(x.sum())
