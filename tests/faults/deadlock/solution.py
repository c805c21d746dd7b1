import threading


def double(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def total(x):
    return float(x.sum())
