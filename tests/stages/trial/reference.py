def step(n):
    return 2.0**-n
