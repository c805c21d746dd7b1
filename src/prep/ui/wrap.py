"""Breaking lines: between words in English, between characters in Chinese.

rich breaks at spaces only, which leaves Chinese lines half empty, and its `print`
costs more for many small parts than for one group; both showed in
tests/benchmarks/latency.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group
from rich.segment import Segment
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_OPEN = "“‘（《【「"
_CLOSE = "，。；：？！、）》】」”’…"
_CJK = "\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef"
# What must stay together: opening marks, one Chinese character or a run of others, closing marks.
_UNIT = re.compile(
    rf"[{_OPEN}]*(?:[^\s{_CJK}{_OPEN}{_CLOSE}]+|(?![{_OPEN}{_CLOSE}])[{_CJK}])?[{_CLOSE}]*\s*"
)
_NARROWEST = 8


def wrapped(text: Text, width: int) -> list[Text]:
    """Return the lines of one paragraph, none wider than `width` cells."""
    if "\n" in text.plain:
        return [
            line for part in text.split("\n", allow_blank=True) for line in wrapped(part, width)
        ]
    if cell_len(text.plain) <= width:
        return [text]
    if text.no_wrap:
        line = text.copy()
        line.truncate(width, overflow="ellipsis")
        return [line]
    lines = text.divide(_breaks(text.plain, width))
    for line in lines:
        line.rstrip()
    return list(lines)


def _breaks(plain: str, width: int) -> list[int]:
    """Return the offsets at which new lines begin."""
    breaks: list[int] = []
    used = 0
    for found in _UNIT.finditer(plain):
        unit = found.group()
        wide, visible = cell_len(unit), cell_len(unit.rstrip())
        if used and used + visible > width:
            breaks.append(found.start())
            used = 0
        if visible > width:
            cuts, used = _cut(unit, width)
            breaks += [found.start() + cut for cut in cuts]
        else:
            used += wide
    return breaks


def _cut(unit: str, width: int) -> tuple[list[int], int]:
    """Cut what is wider than a whole line; return the offsets and the cells used at the end."""
    cuts: list[int] = []
    used = 0
    for at, character in enumerate(unit):
        wide = cell_len(character)
        if used + wide > width and not character.isspace():
            cuts.append(at)
            used = 0
        used += wide
    return cuts, used


class Hanging:
    """A mark with text beside it, every line of the text indented alike."""

    def __init__(self, mark: Text, body: Text) -> None:
        self._mark, self._body = mark, body

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Wrap the body in the width that the mark leaves."""
        wide = self._mark.cell_len
        for number, line in enumerate(
            wrapped(self._body, max(_NARROWEST, options.max_width - wide))
        ):
            if wide:
                yield from _segments(Text(" " * wide) if number else self._mark, console)
            yield from _segments(line, console, end="\n")


def _segments(text: Text, console: Console, end: str = "") -> Iterable[Segment]:
    """Render one line; `Text.render` leaves the text's own style to its caller."""
    return Segment.apply_style(text.render(console, end=end), console.get_style(text.style))


def item(mark: str, text: Text, mark_style: str = "") -> Hanging:
    """Return a hanging item: the mark, a space, then the text."""
    return Hanging(Text(f"{mark} ", style=mark_style), text)


def page(parts: Iterable[RenderableType]) -> Group:
    """Return the parts one under another, texts wrapped as above."""
    return Group(*(Hanging(Text(), part) if isinstance(part, Text) else part for part in parts))
