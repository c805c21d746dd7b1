def double(x):
    return input("x? ")


def total(x):
    return float(x.sum())
