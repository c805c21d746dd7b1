import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGKILL)


def total(x):
    return float(x.sum())
