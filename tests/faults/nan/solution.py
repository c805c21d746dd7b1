def double(x):
    return x * float('nan')


def total(x):
    return float(x.sum())
