class Loop:
    def __repr__(self):
        while True:
            pass


def double(x):
    return Loop()


def total(x):
    return float(x.sum())
