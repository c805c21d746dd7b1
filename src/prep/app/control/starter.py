"""Nobody starts from this: a grading asks whether a solution is the unchanged starter."""


def double(x):
    """Return each element twice as large."""
    raise NotImplementedError


def mean(x):
    """Return the mean of all elements."""
    raise NotImplementedError
