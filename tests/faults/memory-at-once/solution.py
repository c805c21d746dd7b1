import time

import numpy as np


def double(x):
    kept = np.ones(100_000_000)
    time.sleep(3600)


def total(x):
    return float(x.sum())
