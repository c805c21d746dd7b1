def double(x):
    return list(range(3_000_000))


def total(x):
    return float(x.sum())
