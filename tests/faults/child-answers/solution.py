import os

if os.fork() == 0:
    os.dup2(1, 2)
    os._exit(0)

def double(x):
    return 3 * x


def total(x):
    return 0.0
