"""Reading the sizes of dimensions: sums, products, floor divisions and powers of symbols."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prep.core import polynomials
from prep.core.bad_answer import BadAnswerError, quote

if TYPE_CHECKING:
    from prep.core.polynomials import Polynomial

_DEEPEST = 12
_LONGEST_NUMBER = 15
_LONGEST_ROW = 12
_WORD = re.compile(r"\s*(?:(?P<int>\d[\d_]*)|(?P<name>[^\W\d]\w*'*)|(?P<sign>//|\*\*|[-+*/^(),]))")
_FLOORS = {"floor": "//", "ceil": "ceil"}


def words_of(text: str, typed: str) -> list[str]:
    """Split `text` into numbers, names and signs."""
    words, at, text = [], 0, text.rstrip()
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise BadAnswerError("answer-not-a-shape", text=quote(typed), at=quote(text[at:]))
        words.append(found[0].strip())
        at = found.end()
    return words


class Reader:
    """Recursive descent over the words of one shape."""

    def __init__(self, words: list[str], known: frozenset[str], typed: str) -> None:
        """Take the words, the symbols of the key, and what was typed for the refusal."""
        self._words, self._known, self._typed = words, known, typed
        self._at = self._depth = 0

    def read(self) -> tuple[Polynomial, ...]:
        """Return the dimensions, which commas part."""
        dims = [self._sum()]
        while self._take(","):
            if self._at == len(self._words):
                break
            dims.append(self._sum())
        if self._at < len(self._words):
            raise self._refusal()
        return tuple(dims)

    def _sum(self) -> Polynomial:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = polynomials.add(value, other if sign == "+" else polynomials.negate(other))
        return value

    def _product(self) -> Polynomial:
        value = self._factor()
        while True:
            if self._take("*"):
                value = polynomials.multiply(value, self._factor())
            elif self._take("//", "/"):
                value = polynomials.divide(value, self._factor())
            elif self._starts_factor():
                value = polynomials.multiply(value, self._factor())
            else:
                return value

    def _factor(self) -> Polynomial:
        sign = 1
        while mark := self._take("-", "+"):
            sign = -sign if mark == "-" else sign
        value = self._atom()
        if self._take("^", "**"):
            value = polynomials.power(value, self._exponent())
        return value if sign == 1 else polynomials.negate(value)

    def _atom(self) -> Polynomial:
        word = self._next()
        if word == "(":
            return self._bracket()
        if word[0].isdigit():
            return polynomials.number(self._int(word))
        if not _is_name(word):
            raise self._refusal()
        if word in _FLOORS and self._take("("):
            return self._rounded(_FLOORS[word])
        return self._named(word)

    def _bracket(self) -> Polynomial:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadAnswerError("answer-too-complex")
        value = self._sum()
        self._expect(")")
        self._depth -= 1
        return value

    def _rounded(self, name: str) -> Polynomial:
        """Read `floor(a/b)` and `ceil(a/b)` after their bracket."""
        value = self._factor()
        while self._take("*"):
            value = polynomials.multiply(value, self._factor())
        self._expect("/", "//")
        value = polynomials.divide(value, self._factor(), name=name)
        self._expect(")")
        return value

    def _named(self, name: str) -> Polynomial:
        value = polynomials.number(1)
        for part in _resolved(name, self._known):
            value = polynomials.multiply(value, polynomials.symbol(part))
        return value

    def _exponent(self) -> int:
        word = self._next()
        if not word[0].isdigit():
            raise self._refusal()
        return self._int(word)

    def _int(self, word: str) -> int:
        if len(word) > _LONGEST_NUMBER:
            raise BadAnswerError("answer-too-complex")
        return int(word.replace("_", ""))

    def _starts_factor(self) -> bool:
        word = self._words[self._at] if self._at < len(self._words) else ","
        return word == "(" or _is_name(word)

    def _take(self, *signs: str) -> str:
        if self._at < len(self._words) and self._words[self._at] in signs:
            self._at += 1
            return self._words[self._at - 1]
        return ""

    def _expect(self, *signs: str) -> None:
        if not self._take(*signs):
            raise self._refusal()

    def _next(self) -> str:
        if self._at == len(self._words):
            raise self._refusal()
        self._at += 1
        return self._words[self._at - 1]

    def _refusal(self) -> BadAnswerError:
        at = "".join(self._words[max(0, self._at - 1) :])
        return BadAnswerError("answer-not-a-shape", text=quote(self._typed), at=quote(at))


def _is_name(word: str) -> bool:
    return word[0].isalpha() or word[0] == "_"


def _resolved(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return the symbols of the key that `name` means, or `name` itself."""
    if not known or name in known:
        return (name,)
    folded = {symbol.casefold(): symbol for symbol in known}
    if len(folded) < len(known):
        return _split(name, known) or (name,)
    parts = _split(name, known) or _split(name.casefold(), frozenset(folded))
    return tuple(folded[part.casefold()] for part in parts) or (name,)


def _split(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return a way in which `name` is a row of known symbols: BS is B, S."""
    if name in known:
        return (name,)
    if len(name) > _LONGEST_ROW:
        return ()
    for end in range(1, len(name)):
        if name[:end] in known and (rest := _split(name[end:], known)):
            return (name[:end], *rest)
    return ()
