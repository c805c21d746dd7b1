"""What the screens about exercises say."""

from __future__ import annotations

import pytest

from prep.ui.practice import percent


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.29, "29%"), (2 / 3, "66%"), (0.999, "99%"), (1, "100%")]
)
def test_only_what_is_complete_is_a_hundred_percent(share, said):
    assert percent(share) == said
