"""Folding of short answers: what two spellings of one name have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from prep.core.characters import plain

_FEWEST_LETTERS = 5
# Punctuation that carries meaning: C#, 85%, Q&A, x*y, pass@k. Slash, hyphen, point
# and brackets have rules of their own.
_KEPT = frozenset("#%&*@/")
_BRACKETS = frozenset("()[]{}")
_OPERATOR = re.compile(r"[=*^<>≤≥√∑∏/]|(?<!\+)\+(?=[^+\s])|(?<=\s)\+")
_INTERVAL = re.compile(r"^[\[(][^a-z]*[, ][^a-z]*[\])]$")
_THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))")
# A/B and I/O, encoder/decoder; but FLOP/s is not FLOPs, and n/k is not nk.
_WORD_SLASH = re.compile(r"(?<=[a-z]{2})/(?=[a-z]{2})|(?<=\ba)/(?=b\b)|(?<=\bi)/(?=o\b)")
# A minus sign before a number or a name, or of an exponent; other hyphens only join words.
_MINUS = re.compile(r"(?:^|(?<=[=+*/^<>(\[,]))\s*-\s*(?=\w)|(?<=\de)-(?=\d)")
_MINUS_BETWEEN = re.compile(r"(?:\b(?<!\w)[a-z]|(?<=\d)|(?<=[)\]]))\s*-\s*(?=[a-z]\b|\d|[(\[])")
_POINT = re.compile(r"(?<![a-z])\.(?=\d)")
_MINUS_MARK, _POINT_MARK = "\u0001", "\u0002"
# One letter apart and both real words: never a misspelling of each other.
_CONFUSABLE = (("micro", "macro"), ("quantile", "quartile"), ("perception", "perceptron"))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return `text` without what does not matter: case, width, spaces, hyphens, quotes.

    Between two digits one space is left (`3 5` is not 35). Repeated until nothing
    changes, so that a folded text is its own fold.
    """
    for _ in range(8):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def is_close(typed: str, form: str) -> bool:
    """Return whether `typed` looks like a misspelling of `form`.

    One Latin letter added, lost, changed, or two swapped, in words of five letters or
    more. The first letter must be right: (b)float16 and (a)symmetric are other words.
    """
    one, other = fold(typed), fold(form)
    if min(_letters(one), _letters(other)) < _FEWEST_LETTERS or _confused(one, other):
        return False
    return _one_edit(one, other)


def _fold_once(text: str) -> str:
    text = re.sub(r"^(?:the\s+)+", "", _spell(plain(text)).strip())
    text = _WORD_SLASH.sub("", _THOUSANDS.sub("", text.replace("**", "^")))
    formula = _OPERATOR.search(text) is not None
    text = _MINUS.sub(_MINUS_MARK, text)
    if formula:
        text = _MINUS_BETWEEN.sub(lambda found: found[0].rstrip(" -") + _MINUS_MARK, text)
    text = _POINT.sub(_POINT_MARK, text)
    kept = _KEPT | _BRACKETS if formula or _INTERVAL.match(text) else _KEPT
    text = "".join(char if _means(char, kept) else " " for char in text)
    text = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", re.sub(r"\s+", " ", text))
    return text.replace(_MINUS_MARK, "-").replace(_POINT_MARK, ".")


def _means(char: str, kept: frozenset[str]) -> bool:
    if char in (_MINUS_MARK, _POINT_MARK):
        return True
    return char in kept or unicodedata.category(char)[0] in "LNSM"


def _spell(text: str) -> str:
    """Return casefolded letters without accents, and Greek letters by name."""
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(_greek(char) for char in unicodedata.normalize("NFKC", bare).casefold())


def _greek(char: str) -> str:
    if not "α" <= char <= "ω":
        return char
    name = unicodedata.name(char, "").removeprefix("GREEK SMALL LETTER ").lower()
    return {"lamda": "lambda", "final sigma": "sigma"}.get(name, name)


def _letters(text: str) -> int:
    return sum("a" <= char <= "z" for char in text)


def _confused(one: str, other: str) -> bool:
    return any(
        (left in one and right in other) or (right in one and left in other)
        for left, right in _CONFUSABLE
    )


def _one_edit(one: str, other: str) -> bool:
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if start == 0:
        return False
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if _letters(one + other) < len(one + other):
        return False
    swapped = len(one) == 2 and one == other[::-1]  # noqa: PLR2004
    return swapped or max(len(one), len(other)) == 1
