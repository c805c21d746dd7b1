import os

os.mkdir("kept")
open("kept/file", "w").close()
os.chmod("kept", 0)
os.symlink("/", "root")

def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
