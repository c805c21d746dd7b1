"""Comparing code by its tokens: spacing, quotes and trailing commas do not matter."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from keyword import iskeyword

from prep.core.characters import straight

_SILENT = frozenset(
    {
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.COMMENT,
        tokenize.ENDMARKER,
        tokenize.ENCODING,
    }
)
_QUOTED = re.compile(r"^(\w*)(\"\"\"|'''|\"|')(.*?)(?:\2)?$", re.DOTALL)


def same_code(one: str, other: str) -> bool:
    """Return whether two pieces of code are written with the same tokens."""
    return code_tokens(one) == code_tokens(other)


def code_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of a piece of code, each in one spelling.

    What Python cannot split (`x = [` alone) is taken apart at white space and signs.
    """
    text = straight(text).strip().strip("`").strip()
    try:
        with warnings.catch_warnings():
            # A learner's '\d' would warn on the screen.
            warnings.simplefilter("ignore")
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
            words = [_spelling(token) for token in tokens if token.type not in _SILENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        words = re.findall(r"\w+|[^\w\s]", text)
    return tuple(_without_trailing([word for word in words if word]))


def _spelling(token: tokenize.TokenInfo) -> str:
    kind = tokenize.tok_name[token.type]
    if kind == "NUMBER":
        return repr(ast.literal_eval(token.string))
    if kind == "STRING":
        return _string(token.string)
    # From Python 3.12 on the quotes of an f-string are tokens of their own.
    is_quote = kind.startswith(("FSTRING", "TSTRING"))
    return token.string.strip("\"'") if is_quote else token.string.strip()


def _string(text: str) -> str:
    quoted = _QUOTED.match(text)
    if quoted is not None and "f" in quoted[1].lower():
        return quoted[1].lower() + quoted[3]
    return repr(ast.literal_eval(text))


def _without_trailing(words: list[str]) -> list[str]:
    """Drop commas before a closing bracket and at the end, but not those of `(x,)` and `a[0,]`."""
    kept: list[str] = []
    makes_tuple: list[bool] = []
    for word in words:
        if word in {"(", "[", "{"}:
            makes_tuple.append(word != "{" and _is_called(kept) == (word == "["))
        elif word in {")", "]", "}"}:
            alone = bool(makes_tuple) and makes_tuple.pop() and not _holds_comma(kept[:-1])
            if kept and kept[-1] == "," and not alone:
                kept.pop()
        kept.append(word)
    while kept and kept[-1] in {",", ";"}:
        kept.pop()
    return kept


def _holds_comma(kept: list[str]) -> bool:
    """Return whether the innermost open bracket holds a comma already."""
    depth = 0
    for word in reversed(kept):
        depth += (word in {")", "]", "}"}) - (word in {"(", "[", "{"})
        if depth < 0:
            return False
        if depth == 0 and word == ",":
            return True
    return False


def _is_called(kept: list[str]) -> bool:
    """Return whether a bracket here would call or index something."""
    if not kept or iskeyword(kept[-1]):
        return False
    return kept[-1].isidentifier() or kept[-1] in {")", "]", "}"}
