def double(x):
    x *= 2
    return x


def total(x):
    return float(x.sum())
