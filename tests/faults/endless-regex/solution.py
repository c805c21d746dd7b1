import re


def double(x):
    return re.match(r"(a+)+$", "a" * 40 + "b")


def total(x):
    return float(x.sum())
