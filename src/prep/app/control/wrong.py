"""The bad one of the control pair: its mean divides by one too few."""


def double(x):
    """Return each element twice as large."""
    return 2 * x


def mean(x):
    """Return something a little larger than the mean."""
    return float(x.sum()) / (x.size - 1)
