def double(x):
    kept = []
    kept.append(kept)
    return kept


def total(x):
    return float(x.sum())
