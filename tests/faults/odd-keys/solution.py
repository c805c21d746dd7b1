def double(x):
    return {object(): x, (1, 2): x}


def total(x):
    return float(x.sum())
