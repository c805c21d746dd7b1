import sys
import warnings


def double(x):
    warnings.warn("careful")
    print("careful", file=sys.stderr)
    return 2 * x


def total(x):
    return float(x.sum())
