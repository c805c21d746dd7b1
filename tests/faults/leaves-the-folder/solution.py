def double(x):
    open("/tmp/prep-was-here", "w").write("x")
    return 2 * x


def total(x):
    return float(x.sum())
