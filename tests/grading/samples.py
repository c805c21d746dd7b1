"""Solutions of the plain exercise."""

RIGHT = """
def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
"""
WRONG = RIGHT.replace("2 * x", "3 * x")
