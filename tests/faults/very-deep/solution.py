def double(x):
    kept = []
    for _ in range(100_000):
        kept = [kept]
    return kept


def total(x):
    return float(x.sum())
