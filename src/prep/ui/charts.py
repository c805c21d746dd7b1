"""Bars and columns out of characters, for widths that count Chinese as two cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_FULL, _REST, _MARK, _NONE = "█", "░", "│", "·"
_LABEL_CELLS = 5


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """Return `text` in exactly so many cells, shortened with … where it must be."""
    if right:
        return " " * (cells - cell_len(text)) + text
    if cell_len(text) > cells:
        text = set_cell_size(text, cells - 1).rstrip() + "…"
    return set_cell_size(text, cells)


def bar(share: float, cells: int, mark: float | None = None) -> Text:
    """Return a bar for a share in 0…1, with a mark at another share on request."""
    filled = round(share * cells)
    text = Text()
    text.append(_FULL * filled, style="bar").append(_REST * (cells - filled), style="quiet")
    if mark is None or not cells:
        return text
    at = min(round(mark * cells), cells - 1)
    return text[:at].append(_MARK, style="mark").append(text[at + 1 :])


def columns(
    counts: Sequence[float], height: int, *, cell: int, label: Callable[[int], str]
) -> Iterator[Text]:
    """Yield the lines of a column chart, the highest count beside it, labels each week below.

    `cell` is the width of a column with the gap after it; `label` names a column.
    """
    most = max(counts, default=0)
    top = f"{most:,.0f}"
    for row in range(height - 1, -1, -1):
        axis = top if row == height - 1 else " " * len(top)
        line = Text().append(f"{axis} ", style="quiet")
        for count in counts:
            glyph = _slice(count / most * height * 8 if most else 0, row)
            line.append(glyph.ljust(cell), style="quiet" if glyph == _NONE else "bar")
        line.rstrip()
        yield line
    yield Text(" " * (len(top) + 1) + _labels(len(counts), cell, label), style="quiet")


def _slice(eighths: float, row: int) -> str:
    """Return what a column of so many eighths shows in a row; a little is never nothing."""
    if row == 0:
        return _EIGHTHS[min(8, max(1, round(eighths)))] if eighths else _NONE
    return _EIGHTHS[min(8, max(0, round(eighths) - 8 * row))]


def _labels(count: int, cell: int, label: Callable[[int], str]) -> str:
    """Return labels below columns, as often as there is room."""
    line = ""
    step = max(1, -(-(_LABEL_CELLS + 1) // cell))
    step = 7 if step <= 7 < count else step  # noqa: PLR2004 - a week
    for at in range(0, count, step):
        line = line.ljust(at * cell) + label(at)
    return line
