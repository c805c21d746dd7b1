def double(x):
    return (2 * x).astype(object)


def total(x):
    return float(x.sum())
