def double(x):
    raise KeyboardInterrupt


def total(x):
    return float(x.sum())
