"""A run while it goes on: bars, the latest values, one small chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from prep.model.demo import Metric, Progress, label
from prep.model.run import Curve, families
from prep.ui.charts import bar, fit
from prep.ui.curves import chart, number
from prep.ui.wrap import Hanging

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.demo import Event
    from prep.ui.words import Words

_BARS, _VALUES, _FEW, _HEIGHT = 5, 8, 2, 5
_NAME, _WIDEST_BAR, _NARROWEST_BAR = 24, 30, 6
_MINUTE = 60


class _Part(Struct):
    done: int
    total: int
    began: float
    first: int
    last: float


class Going(Struct):
    """What is shown of a run that goes on; moments are seconds of one clock."""

    began: float
    head: str
    parts: dict[str, _Part] = field(default_factory=dict)
    curves: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    stopping: str = ""

    def take(self, event: Event, words: Words, now: float) -> None:
        """Take progress and metrics in."""
        match event:
            case Progress(name, done, total):
                part = self.parts.get(label(name, words.language))
                if part is None:
                    part = _Part(done, total, now, done, now)
                    self.parts[label(name, words.language)] = part
                part.done, part.total, part.last = done, total, now
            case Metric(name, step, value):
                steps, values = self.curves.setdefault(name, ([], []))
                steps.append(step)
                values.append(value)
                self.recent = [*(other for other in self.recent if other != name), name]
            case _:
                pass


def going(state: Going, words: Words, width: int, now: float, *, coloured: bool) -> Group:
    """Return the moving part of the screen."""
    return Group(*_parts(state, words, width, now, coloured=coloured))


def progress_line(state: Going, name: str) -> str:
    """Return a part's progress and the latest values as one line of plain text."""
    part = state.parts[name]
    share = f"{part.done / part.total:.0%}" if part.total else ""
    values = [_value(state, name) for name in state.recent[-_FEW:]]
    spent = duration(part.last - state.began)
    done = f"{name} {part.done}/{part.total}"
    return " · ".join(filter(None, [done, share, *values, spent]))


def duration(seconds: float) -> str:
    """Return seconds as people write them: 8 s, 3:05."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    minutes, rest = divmod(whole, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _parts(
    state: Going, words: Words, width: int, now: float, *, coloured: bool
) -> Iterator[RenderableType]:
    if not state.parts:
        spent = words.say("run-spent", time=duration(now - state.began))
        yield Hanging(Text(), Text(f"{state.head} {spent}", style="quiet"))
    shown = list(state.parts.items())[-_BARS:]
    names = min(_NAME, width // 3, max((cell_len(name) for name, _ in shown), default=0))
    for name, part in shown:
        yield _bar_line(fit(name, names), part, words, width, now)
    curves = [Curve(name, tuple(s), tuple(v)) for name, (s, v) in state.curves.items()]
    drawn = _drawn(curves)
    beside = [curve.name for curve in curves if curve not in drawn][-_VALUES:]
    if beside:
        yield Hanging(Text(), Text(" · ".join(_value(state, name) for name in beside)))
    if drawn:
        yield from chart(drawn, width, _HEIGHT, coloured=coloured)
    if state.stopping:
        yield Hanging(Text(), Text(state.stopping, style="partly"))


def _bar_line(name: str, part: _Part, words: Words, width: int, now: float) -> Text:
    share = min(1.0, part.done / part.total) if part.total else 0.0
    done = part.done >= part.total
    spent = (part.last if done else now) - part.began
    times = duration(spent)
    done_here, left = part.done - part.first, part.total - part.done
    if not done and done_here > 0:
        times += words.say("run-left", time=duration((part.last - part.began) / done_here * left))
    facts = f" {part.done}/{part.total} {share:>4.0%}  {times}"
    room = min(_WIDEST_BAR, width - cell_len(name) - cell_len(facts) - 1)
    line = Text(f"{name} ")
    if room >= _NARROWEST_BAR:
        line.append_text(bar(share, room))
    line = line.append(facts, style="quiet")
    line.truncate(width)
    return line


def _value(state: Going, name: str) -> str:
    return f"{name} {number(state.curves[name][1][-1])}"


def _drawn(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves of the first chart, once there is a line to draw."""
    first = next(iter(families(curves)), [])
    return first if any(len(set(curve.steps)) > 1 for curve in first) else []
