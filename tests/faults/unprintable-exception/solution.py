class Odd(Exception):
    def __str__(self):
        raise ValueError


def double(x):
    raise Odd


def total(x):
    return float(x.sum())
