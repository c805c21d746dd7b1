def double(x):
    return 0 * x


def total(x):
    return float(x.sum())
