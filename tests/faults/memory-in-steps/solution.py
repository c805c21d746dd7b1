def double(x):
    kept = []
    while True:
        kept.append(bytearray(1 << 20))


def total(x):
    return float(x.sum())
