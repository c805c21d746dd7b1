def double(x):
    return [open("/dev/null") for _ in range(10_000)]


def total(x):
    return float(x.sum())
