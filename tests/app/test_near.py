"""Names close to one that does not exist."""

from __future__ import annotations

import pytest

from prep.app.near import near

NAMES = ("metrics", "metrics-of-text", "quantization", "tuning", "kv-cache-size", "kv-cache")


@pytest.mark.parametrize(
    ("name", "close"),
    [("metrcs", "metrics"), ("kv-cache-siz", "kv-cache-size, kv-cache"), ("quant", "quantization"),
     ("xyzzy", ""), ("", "")],
)  # fmt: skip
def test_slips_and_parts_of_names_are_found(name, close):
    assert near(name, NAMES) == close


def test_three_names_are_enough():
    assert near("abc", [f"abc{n}" for n in range(9)]).count(",") == 2
