def double(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def total(x):
    return float(x.sum())
