"""The statistics, drawn for the width of the terminal."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec
from rich.cells import cell_len
from rich.text import Text

from prep.ui.charts import bar, columns, fit
from prep.ui.heatmap import heatmap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.statistics import Bin, Calibration, Exam, Exercises, Group, Mastery, Stats
    from prep.ui.words import Words

_NARROWEST, _WIDEST_BAR, _NARROWEST_BAR, _WEAK_BAR = 36, 30, 6, 10
_SHARE, _SPAN, _MARGIN = 4, 7, 9
_HEIGHT, _LOW = 5, 3
# With fewer reviews the two losses differ by luck.
_ENOUGH = 100


def stats_screen(stats: Stats, words: Words, width: int) -> Iterator[RenderableType]:
    """Yield all sections; what has no numbers yet says what it waits for."""
    width = max(width, _NARROWEST)
    if not stats.answers:
        if not stats.exercises.started:
            yield Text(words.say("stats-empty"), style="strong")
        yield Text(words.say("stats-empty-next", questions=stats.questions))
    else:
        yield from _study_days(stats, words, width)
        yield from _recall(stats.calibration, words, width)
        yield from _mastery(stats, words, width)
        yield from _weakest(stats.weakest, words, width)
        yield from _due(stats, words, width)
    if stats.exam is not None:
        yield from _exam(stats.exam, stats, words, width)
    if stats.exercises.started:
        yield from _exercises(stats.exercises, words)
    if stats.suspended:
        yield Text()
        yield Text(words.say("stats-suspended", count=stats.suspended))
    if stats.leeches:
        yield Text(words.say("stats-leeches", count=stats.leeches))


def _study_days(stats: Stats, words: Words, width: int) -> Iterator[RenderableType]:
    yield Text(words.say("stats-days"), style="strong")
    yield from heatmap(stats.days, stats.today, words, width)
    streak = stats.streak
    yield Text(
        words.say(
            "stats-streak", current=streak.current, longest=streak.longest, days=len(stats.days)
        )
    )
    yield Text(
        words.say("stats-totals", answers=stats.answers, seen=stats.seen, questions=stats.questions)
    )


def _recall(found: Calibration | None, words: Words, width: int) -> Iterator[RenderableType]:
    yield from _head("stats-recall", words)
    if found is None:
        yield Text(words.say("stats-recall-none"))
        return
    yield Text(words.say("stats-recall-how"), style="quiet")
    counts = max(cell_len(f"{part.count:,}") for part in found.bins)
    room = min(_WIDEST_BAR, width - _SPAN - _SHARE - counts - 3)
    for part in reversed(found.bins):
        yield _bin_line(part, room, counts)
    shares = {"predicted": f"{found.predicted:.0%}", "observed": f"{found.observed:.0%}"}
    yield Text(words.say("stats-recall-all", count=found.count, **shares))
    own, plain = round(found.log_loss, 3), round(found.baseline_log_loss, 3)
    code = "better" if own < plain else "worse" if own > plain else "same"
    yield Text(words.say(f"stats-loss-{code}", own=f"{own:.3f}", plain=f"{plain:.3f}"))
    if found.count < _ENOUGH:
        yield Text(words.say("stats-recall-few", enough=_ENOUGH), style="quiet")


def _bin_line(part: Bin, room: int, counts: int) -> Text:
    span = f"{part.low * 100:.0f}–{part.high * 100:.0f}%"
    line = Text(f"{span:>{_SPAN}} ").append(bar(part.observed, room, part.predicted))
    line.append(f" {part.observed:>{_SHARE}.0%}")
    return line.append(f" {part.count:>{counts},}", style="quiet")


def _mastery(stats: Stats, words: Words, width: int) -> Iterator[RenderableType]:
    yield from _head("stats-topics", words)
    if not stats.topics:
        yield Text(words.say("stats-topics-none"))
        return
    yield Text(words.say("stats-topics-how"), style="quiet")
    topics = [(_name(topic, words), topic.mastery) for topic in stats.topics]
    levels = [(words.say("quiz-level", level=g.id), g.mastery) for g in stats.levels]
    counts = _count_cells([*topics, *levels])
    left = width - _SHARE - counts - 3
    names = min(max(cell_len(name) for name, _ in topics + levels), left - 2 * _NARROWEST_BAR)
    yield from _bars(topics, names, left - names, counts)
    yield from _head("stats-levels", words)
    yield from _bars(levels, names, left - names, counts)


def _bars(
    rows: Sequence[tuple[str, Mastery]], names: int, room: int, counts: int
) -> Iterator[Text]:
    for name, mastery in rows:
        line = Text(fit(name, names) + " ").append(bar(mastery.known, min(room, _WIDEST_BAR)))
        yield line.append(_numbers(mastery, counts))


def _weakest(groups: Sequence[Group], words: Words, width: int) -> Iterator[RenderableType]:
    yield from _head("stats-weakest", words)
    if not groups:
        yield Text(words.say("stats-weakest-none"))
        return
    tags = max(cell_len(group.id) for group in groups)
    counts = _count_cells([(group.id, group.mastery) for group in groups])
    room = width - tags - _SHARE - counts - 3
    bars = min(room, _WEAK_BAR) if room >= _NARROWEST_BAR else 0
    for group in groups:
        line = Text(fit(group.id, tags), style="key")
        line = Text.assemble(line, " " if bars else "", bar(group.mastery.known, bars))
        line.append(_numbers(group.mastery, counts))
        if room - bars > 2 * _NARROWEST_BAR:
            line.append(f"  {fit(_name(group, words), room - bars - 2)}".rstrip(), style="quiet")
        yield line
    yield Text(words.say("stats-weakest-next", tag=groups[0].id))


def _due(stats: Stats, words: Words, width: int) -> Iterator[RenderableType]:
    yield from _head("stats-due", words, days=len(stats.forecast))
    sums = list(accumulate(stats.forecast))
    yield Text(words.say("stats-due-all", today=sums[0], week=sums[6], month=sums[-1]))
    if sums[-1]:
        cell = 2 if width >= 2 * len(sums) + _MARGIN else 1
        yield from columns(stats.forecast, _HEIGHT, cell=cell, label=_dates(stats, 1))


def _exam(exam: Exam, stats: Stats, words: Words, width: int) -> Iterator[RenderableType]:
    days = (exam.day - stats.today).days
    yield from _head("stats-exam", words, date=exam.day.isoformat(), days=days)
    load = exam.load
    yield Text(
        words.say(
            "stats-exam-load",
            average=f"{load.average:,.0f}",
            most=f"{load.most:,.0f}",
        )
    )
    if exam.new and exam.unseen:
        yield Text(words.say("stats-exam-new", new=exam.new, unseen=exam.unseen))
    size = -(-days // ((width - _MARGIN) // 2))
    fullest = [max(load.days[at : at + size]) for at in range(0, days, size)]
    yield from columns(fullest, _LOW, cell=2, label=_dates(stats, size))
    wanted = {"wanted": f"{exam.wanted:.0%}", "highest": f"{exam.highest:.0%}"}
    code = "stats-exam-recall" if exam.highest > exam.base else "stats-exam-steady"
    yield Text(words.say(code, **wanted, rises=exam.rises.isoformat()))
    yield Text(words.say("stats-exam-looks", looks=exam.looks.isoformat()))


def _exercises(found: Exercises, words: Words) -> Iterator[RenderableType]:
    yield from _head("stats-exercises", words)
    yield Text(words.say("stats-exercises-all", **msgspec.structs.asdict(found)))


def _head(code: str, words: Words, **values: object) -> Iterator[Text]:
    yield Text()
    yield Text(words.say(code, **values), style="strong")


def _dates(stats: Stats, size: int) -> Callable[[int], str]:
    return lambda at: f"{stats.today + timedelta(days=at * size):%m-%d}"


def _numbers(mastery: Mastery, counts: int) -> Text:
    line = Text(f" {mastery.known:>{_SHARE}.0%}")
    return line.append(f" {mastery.answers:>{counts},}", style="quiet")


def _count_cells(rows: Sequence[tuple[str, Mastery]]) -> int:
    return max(len(f"{mastery.answers:,}") for _, mastery in rows)


def _name(group: Group, words: Words) -> str:
    return group.id if group.name is None else group.name[words.language]
