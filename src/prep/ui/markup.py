"""The bank's light mark-up (`code`, **bold**, paragraphs, lists) and code, as rich text."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from prep.ui.wrap import Hanging, item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*")
_BREAK = re.compile(r"\n\s*\n")
_BULLET = "- "
# A folded line of Chinese must not leave a space behind.
_HAN = r"\u3400-\u9fff"
_FALSE_SPACE = re.compile(
    rf"(?<=[，。；：！？、]) +|(?<=[{_HAN}]) +(?=[{_HAN}（“])|(?<=[）”]) +(?=[{_HAN}])"
)


def inline(words: str, style: str = "") -> Text:
    """Return one paragraph: `code` and **bold** styled, white space folded."""
    text = Text(style=style)
    folded = _FALSE_SPACE.sub("", " ".join(words.split()))
    at = 0
    for found in _INLINE.finditer(folded):
        text.append(folded[at : found.start()])
        code, strong = found.groups()
        text.append(code or strong, style="code" if code else "strong")
        at = found.end()
    text.append(folded[at:])
    return text


def blocks(words: str, style: str = "") -> Iterator[RenderableType]:
    """Yield the paragraphs and list items of a longer text."""
    for number, paragraph in enumerate(_BREAK.split(words.strip())):
        if number:
            yield Text()
        plain: list[str] = []
        for line in paragraph.splitlines():
            if line.lstrip().startswith(_BULLET):
                if plain:
                    yield inline(" ".join(plain), style)
                    plain = []
                yield item("•", inline(line.lstrip()[len(_BULLET) :], style))
            else:
                plain.append(line)
        if plain:
            yield inline(" ".join(plain), style)


def code_block(
    code: str, *, numbers: bool = False, marks: frozenset[int] = frozenset()
) -> RenderableType:
    """Return code, highlighted, with line numbers and marked lines on request."""
    lines = highlighted(code.rstrip("\n")).split("\n", allow_blank=True)
    wide = len(str(len(lines)))
    rows = []
    for number, line in enumerate(lines, start=1):
        mark = Text("  ")
        if numbers:
            sign = "▶" if number in marks else " "
            mark.append(f"{sign}{number:>{wide}} ", style="wrong" if number in marks else "quiet")
        rows.append(Hanging(mark, line))
    return Group(*rows)


def highlighted(code: str) -> Text:
    """Colour Python with the standard library's own tokenizer.

    Pygments would cost a third of the whole start of the program (see
    tests/benchmarks/start.py); what is not Python stays plain.
    """
    text = Text(code)
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            style = _token_style(token)
            if style:
                begin = starts[token.start[0] - 1] + token.start[1]
                text.stylize(style, begin, starts[token.end[0] - 1] + token.end[1])
    except (tokenize.TokenError, SyntaxError, IndexError):
        return text
    return text


def _token_style(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return "code.keyword" if keyword.iskeyword(token.string) else ""
    return {
        tokenize.STRING: "code.text",
        tokenize.NUMBER: "code.number",
        tokenize.COMMENT: "code.comment",
    }.get(token.type, "")
