"""Study days as a calendar: a column for each week, a shade for each day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from prep.ui.charts import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prep.ui.words import Words

# The characters alone say how much, without colours too.
SHADES = "·░▒▓█"
_CELL = 2
_MOST_WEEKS, _FEWEST_WEEKS = 53, 12


def heatmap(days: Mapping[date, int], today: date, words: Words, width: int) -> Iterator[Text]:
    """Yield the lines of the calendar that ends with the week of `today`, and its legend."""
    names = words.say("stats-weekdays").split()
    margin = max(map(cell_len, names)) + 1
    weeks = _weeks(days, today, (width - margin) // _CELL)
    begin = _monday(today) - timedelta(weeks=weeks - 1)
    limits = _limits([count for day, count in days.items() if day >= begin])
    yield Text(" " * margin + _months(begin, weeks, words), style="quiet")
    for weekday, name in enumerate(names):
        line = Text().append(fit(name, margin), style="quiet")
        for week in range(weeks):
            day = begin + timedelta(weeks=week, days=weekday)
            if day <= today:
                line.append(_cell(days.get(day, 0), limits))
        line.rstrip()
        yield line
    for line in _packed(_legend(limits, words), width - margin):
        yield Text(" " * margin).append(line)


def _weeks(days: Mapping[date, int], today: date, room: int) -> int:
    """Return how many weeks to show: since the first study day, but a few at least."""
    first = min(days, default=today)
    since = (_monday(today) - _monday(first)).days // 7 + 1
    return max(1, min(room, _MOST_WEEKS, max(since, _FEWEST_WEEKS)))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _limits(counts: Sequence[int]) -> list[int]:
    """Return the least count of each shade but the first: quartiles of the days shown."""
    ranked = sorted(counts)
    return [1, *(ranked[len(ranked) * part // 4] for part in (1, 2, 3))] if ranked else [1]


def _cell(count: int, limits: Sequence[int]) -> Text:
    shade = sum(count >= limit for limit in limits)
    return Text(SHADES[shade] * _CELL, style="bar") if shade else Text(f"{SHADES[0]} ", "quiet")


def _months(begin: date, weeks: int, words: Words) -> str:
    """Return the names of months over the weeks in which they begin, where there is room."""
    names = words.say("stats-months").split()
    line = ""
    for week in range(weeks):
        last = begin + timedelta(weeks=week, days=6)
        name = names[last.month - 1]
        room = week * _CELL >= cell_len(line) and week * _CELL + cell_len(name) <= weeks * _CELL
        if last.day <= 7 and room:  # noqa: PLR2004 - the week holds the first of a month
            line += " " * (week * _CELL - cell_len(line)) + name + " "
    return line.rstrip()


def _legend(limits: Sequence[int], words: Words) -> Iterator[Text]:
    """Yield what each shade in use stands for."""
    yield Text(f"{SHADES[0]} 0", style="quiet")
    for shade, (low, following) in enumerate(pairwise([*limits, 0]), start=1):
        top = shade == len(limits)
        if top or low < following:
            high = following - 1
            span = f"{low}+" if top else f"{low}" if low == high else f"{low}–{high}"
            yield Text.assemble((SHADES[shade] * _CELL, "bar"), (f" {span}", "quiet"))
    yield Text(words.say("stats-a-day"), style="quiet")


def _packed(parts: Iterator[Text], width: int) -> Iterator[Text]:
    """Yield the parts in lines, none of them broken."""
    line = Text().append(next(parts))
    for part in parts:
        if line.cell_len + _CELL + part.cell_len > width:
            yield line
            line = Text().append(part)
        else:
            line = line.append(" " * _CELL).append(part)
    yield line
