import time


def double(x):
    time.sleep(3600)


def total(x):
    return float(x.sum())
