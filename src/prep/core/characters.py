"""One spelling for characters that people type in several."""

from __future__ import annotations

import re
import unicodedata

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"
_LOWERED = str.maketrans(_RAISED, "0123456789+-n")
_SUPERSCRIPT = re.compile(f"[{_RAISED}]+")
_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        "⁄": "/",
        "∕": "/",
        "∗": "*",
        "⋅": "·",
        "。": ".",
        "、": ",",
        "｡": ".",
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def plain(text: str) -> str:
    """Return `text` in NFKC with one kind of dash, quote, slash and full stop.

    Superscripts become `^…` first: NFKC alone makes 10⁵ the number 105.
    """
    text = _SUPERSCRIPT.sub(lambda run: "^" + run[0].translate(_LOWERED), text)
    return unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)


def straight(text: str) -> str:
    """Return code or output with the full-width signs of an input method made ASCII.

    Less than `plain`: inside a string literal ² and ﬁ are not 2 and fi.
    """
    return text.translate(_FULL_WIDTH).translate(_QUOTES)


_QUOTES = str.maketrans("‘’“”−", "''\"\"-")
