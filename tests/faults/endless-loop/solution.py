def double(x):
    while True:
        pass


def total(x):
    return float(x.sum())
