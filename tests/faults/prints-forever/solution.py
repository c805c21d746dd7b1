def double(x):
    while True:
        print("x" * 1_000)


def total(x):
    return float(x.sum())
