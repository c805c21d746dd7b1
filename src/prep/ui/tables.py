"""Tables of text that fit the terminal, whatever its width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from prep.ui.wrap import Hanging, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

_GAP, _CJK = 2, 4
_NUMBER = re.compile(r"^[-+−]?[\d.,]*\d(e[-+]?\d+)?( ?(%|[KMG]i?B|m?s)| ± [\d.]+)?$")


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> Iterator[RenderableType]:
    """Yield the lines of a table; one too wide becomes one block for each row."""
    columns = [[row[at] if at < len(row) else "" for row in rows] for at in range(len(head))]
    cells = [max((cell_len(cell) for cell in column), default=0) for column in columns]
    least = [max(wide, _longest_word(name)) for name, wide in zip(head, cells, strict=True)]
    room = width - sum(least) - _GAP * (len(head) - 1)
    if room < 0:
        yield from _blocks(head, rows)
        return
    wide = []
    for name, had in zip(head, least, strict=True):
        more = min(room, max(0, cell_len(name) - had))
        wide.append(had + more)
        room -= more
    right = [bool(column) and all(map(is_number, column)) for column in columns]
    names = [wrapped(Text(name), at) for name, at in zip(head, wide, strict=True)]
    for line in range(max(map(len, names), default=0)):
        parts = [name[line].plain if line < len(name) else "" for name in names]
        yield Text(_joined(parts, wide, right), style="strong")
    for row in zip(*columns, strict=True):
        yield Text(_joined(row, wide, right))


def pairs(rows: Sequence[tuple[str, str]], width: int) -> Iterator[RenderableType]:
    """Yield names with their values beside them."""
    widest = max((cell_len(name) for name, _ in rows), default=0)
    wide = min(widest, width // 2)
    for name, value in rows:
        mark = Text(name + " " * max(0, wide - cell_len(name)) + "  ", style="quiet")
        yield Hanging(mark, Text(value))


def is_number(text: str) -> bool:
    """Return whether a cell is to stand at the right."""
    return not text.strip() or _NUMBER.match(text.strip()) is not None


def _blocks(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[RenderableType]:
    for at, row in enumerate(rows):
        if at:
            yield Text()
        for name, cell in zip(head, row, strict=False):
            yield Text.assemble((f"{name}: " if name else "", "quiet"), cell)


def _joined(cells: Sequence[str], wide: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, room, at_right in zip(cells, wide, right, strict=True):
        blank = " " * (room - cell_len(cell))
        padded.append(blank + cell if at_right else cell + blank)
    return (" " * _GAP).join(padded).rstrip()


def _longest_word(text: str) -> int:
    """Return the cells of what should stay on one line; Chinese breaks anywhere."""
    return max((len(word) if word.isascii() else _CJK for word in text.split()), default=0)
