"""Folding of searched text, and the order of hits."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.search import matches, searchable

LINES = [line.encode() for line in ("kv cache 量化", "cache", "the kv of a cache", "量化,量")]


@given(st.text() | st.text("ＡaßİΣς，：；？！（）…½ \t\u3000é"))
def test_a_text_is_folded_as_unicode_says(text):
    folded = unicodedata.normalize("NFKC", text).casefold()
    assert searchable(text) == " ".join(folded.split())


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("cache", [1, 0, 2]),
        ("KV  Cache", [0, 2]),
        ("ＫＶ", [0, 2]),
        ("量", [3, 0]),
        ("kv 量化", [0]),
        ("none", []),
        (" ", []),
        ("", []),
    ],
)
def test_lines_with_all_words_are_found_earliest_first(query, hits):
    assert list(matches(LINES, query)) == hits
