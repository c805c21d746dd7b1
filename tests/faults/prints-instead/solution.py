def double(x):
    print(2 * x)


def total(x):
    return float(x.sum())
