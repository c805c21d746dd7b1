"""Characters that people type in several ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.characters import plain, straight


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("10⁻⁵", "10^-5"),
        ("ｔｏｐ－ｐ", "top-p"),
        ("3。14", "3.14"),
        ("1，2、3", "1,2,3"),
        ("“a” ‘b’", "\"a\" 'b'"),
        ("a\u200bb", "ab"),
        ("a–b", "a-b"),
    ],
)
def test_each_character_has_one_spelling(text, result):
    assert plain(text) == result


@given(st.text())
def test_plain_text_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


def test_code_keeps_what_a_string_may_hold():
    assert straight("ｐｒｉｎｔ（“²ﬁ。”）") == 'print("²ﬁ。")'
