def double(x):
    for _ in range(800):
        print("x" * 65_535)
    return 2 * x


def total(x):
    return float(x.sum())
