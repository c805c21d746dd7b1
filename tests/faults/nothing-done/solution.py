def double(x):
    raise NotImplementedError('later')


def total(x):
    raise NotImplementedError
