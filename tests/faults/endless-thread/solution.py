import threading


def _run():
    while True:
        pass


threading.Thread(target=_run).start()

def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
