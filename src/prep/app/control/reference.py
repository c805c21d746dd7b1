"""The good one of the control pair."""


def double(x):
    """Return each element twice as large."""
    return 2 * x


def mean(x):
    """Return the mean of all elements."""
    return float(x.sum()) / x.size
