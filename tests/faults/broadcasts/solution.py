def double(x):
    return 2 * x[None]


def total(x):
    return float(x.sum())
