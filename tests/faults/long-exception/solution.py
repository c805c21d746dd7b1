def double(x):
    raise ValueError("\ud800" + "x" * 50_000_000)


def total(x):
    return float(x.sum())
