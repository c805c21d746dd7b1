import ctypes


def double(x):
    ctypes.string_at(0)


def total(x):
    return float(x.sum())
