def double(x):
    while True:
        yield x


def total(x):
    return float(x.sum())
