def double(x):
    return 1 << 10_000_000


def total(x):
    return float(x.sum())
