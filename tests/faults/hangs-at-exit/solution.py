import atexit
import time

atexit.register(time.sleep, 3600)

def double(x):
    return 3 * x


def total(x):
    return 0.0
