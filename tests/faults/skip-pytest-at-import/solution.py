import pytest

pytest.skip("x", allow_module_level=True)

def double(x):
    return 2 * x


def total(x):
    return float(x.sum())
