def double(x):
    return double(x)


def total(x):
    return float(x.sum())
