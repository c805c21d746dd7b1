"""Curves out of characters: dots where there is colour, letters where there is none."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from prep.ui.charts import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prep.model.run import Curve

    Point = tuple[float, float]

COLOURS = ("green", "magenta", "cyan", "yellow", "blue", "red")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BRAILLE = 0x2800
# The bit of each dot in a cell, by row and column.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_ACROSS, _DOWN = 2, 4
_NARROWEST = 12
_SHOWN = 5


def number(value: float) -> str:
    """Return a value in four digits."""
    return f"{value:.4g}"


def chart(curves: Sequence[Curve], width: int, height: int, *, coloured: bool) -> Iterator[Text]:
    """Yield the lines of one chart: a legend, the least and greatest value, first and last step.

    One curve alone needs no colour to be told apart; several without colour become letters.
    """
    points = [list(finite(curve)) for curve in curves]
    every = [point for some in points for point in some]
    if not every:
        return
    steps, values = [step for step, _ in every], [value for _, value in every]
    low, high = min(values), max(values)
    labels = (number(high), number(low) if low != high else "")
    margin = max(map(len, labels))
    across = max(width - margin - 2, _NARROWEST)
    box = _Box((min(steps), max(steps)), (low, high))
    dotted = coloured or len(curves) == 1
    yield from legend(curves, across + margin + 2, dotted=dotted)
    rows = _dots(points, box, across, height) if dotted else _letters(points, box, across, height)
    for at, row in enumerate(rows):
        axis = labels[0] if at == 0 else labels[1] if at == height - 1 else ""
        yield Text(f"{axis:>{margin}} │", style="quiet").append_text(row)
    first, last = f"{min(steps):g}", f"{max(steps):g}"
    gap = across - len(first) - len(last)
    below = f"{first}{' ' * gap}{last}" if first != last and gap > 0 else first
    yield Text(" " * (margin + 2) + below, style="quiet")


def legend(curves: Sequence[Curve], width: int, *, dotted: bool) -> Iterator[Text]:
    """Yield lines that name the curves with their colours or letters and their last values."""
    line = Text()
    for at, curve in enumerate(curves):
        values = [value for _, value in finite(curve)]
        last = f" {number(values[-1])}" if values else ""
        mark, style = ("━", COLOURS[at % len(COLOURS)]) if dotted else (_letter(at), "strong")
        head = Text(f"{mark} ", style=style) if len(curves) > 1 else Text()
        name = fit(curve.name, max(1, min(cell_len(curve.name), width - len(last) - 2)))
        part = head.append(name, style="strong").append(last, style="quiet")
        if line and line.cell_len + 2 + part.cell_len > width:
            yield line
            line = Text()
        line.append("  " if line else "").append_text(part)
    yield line


def as_numbers(curve: Curve) -> str:
    """Return a curve as a few of its values, for those who cannot see a drawing."""
    points = list(finite(curve))
    if not points:
        return f"{curve.name}: –"
    count = min(_SHOWN, len(points))
    places = [round(at * (len(points) - 1) / max(1, count - 1)) for at in range(count)]
    parts = [f"{number(points[at][1])} ({points[at][0]:g})" for at in dict.fromkeys(places)]
    return f"{curve.name}: {' → '.join(parts)}"


def finite(curve: Curve) -> Iterator[Point]:
    """Yield the points that can be drawn."""
    for step, value in zip(curve.steps, curve.values, strict=True):
        if math.isfinite(value):
            yield step, value


class _Box:
    """Where a point lies between the least and the greatest step and value."""

    def __init__(self, steps: Point, values: Point) -> None:
        self._steps, self._values = steps, values

    def place(self, point: Point, across: int, down: int) -> tuple[int, int]:
        """Return the column from the left and the row from the top."""
        column = _share(point[0], self._steps) * (across - 1)
        row = (1 - _share(point[1], self._values)) * (down - 1)
        return round(column), round(row)


def _share(value: float, ends: Point) -> float:
    low, high = ends
    # Halves first: the difference of two huge numbers may be infinite.
    return (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5


def _dots(points: list[list[Point]], box: _Box, across: int, down: int) -> Iterator[Text]:
    """Yield rows of braille; where two curves meet, the later one gives the colour."""
    bits = [[0] * across for _ in range(down)]
    colours = [[""] * across for _ in range(down)]
    for number_, some in enumerate(points):
        colour = COLOURS[number_ % len(COLOURS)]
        for x, y in _line(some, box, across * _ACROSS, down * _DOWN):
            bits[y // _DOWN][x // _ACROSS] |= _BITS[y % _DOWN][x % _ACROSS]
            colours[y // _DOWN][x // _ACROSS] = colour
    for row, tints in zip(bits, colours, strict=True):
        line = Text()
        for cell, colour in zip(row, tints, strict=True):
            line.append(chr(_BRAILLE + cell) if cell else " ", style=colour)
        line.rstrip()
        yield line


def _letters(points: list[list[Point]], box: _Box, across: int, down: int) -> Iterator[Text]:
    """Yield rows of letters, one letter in a column for each curve."""
    cells = [[" "] * across for _ in range(down)]
    for at, some in enumerate(points):
        last = -1
        for x, y in _line(some, box, across, down):
            if x != last:
                cells[y][x] = _letter(at)
            last = x
    for row in cells:
        yield Text("".join(row).rstrip())


def _line(points: list[Point], box: _Box, across: int, down: int) -> Iterator[tuple[int, int]]:
    """Yield the places of a line through the points."""
    places = _thinned([box.place(point, across, down) for point in points])
    yield from places[:1]
    for (x, y), (to_x, to_y) in pairwise(places):
        steps = max(abs(to_x - x), abs(to_y - y), 1)
        for step in range(1, steps + 1):
            yield x + round((to_x - x) * step / steps), y + round((to_y - y) * step / steps)


def _thinned(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out what stays inside a column: its first, highest, lowest and last place are kept."""
    out: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at][0] != places[start][0]:
            column = places[start:at]
            rows = [y for _, y in column]
            kept = (column[0][1], min(rows), max(rows), column[-1][1])
            out += [(column[0][0], y) for y in kept]
            start = at
    return out


def _letter(at: int) -> str:
    return LETTERS[at % len(LETTERS)]
