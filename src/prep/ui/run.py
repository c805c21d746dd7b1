"""A run of a demo: how it begins, what it tells, and what came of it."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from rich.text import Text

from prep.model.demo import Ask, Say, Table, label
from prep.model.run import families
from prep.ui.curves import as_numbers, chart, number
from prep.ui.run_live import duration
from prep.ui.tables import pairs, table
from prep.ui.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.demo import Event, Fact
    from prep.model.run import Begun, Curve, RunReport
    from prep.ui.words import Words

_HIGH, _LOW, _MANY = 8, 5, 3
# Names of facts that every demo may use; others bring their words with them.
_KNOWN = {"parameters", "data", "device", "peak memory"}
_MIB = 1 << 20
_CURVES = 12
_MINUTE = 60


def begin_lines(begun: Begun, words: Words) -> Iterator[Text]:
    """Yield which solution runs, and why."""
    yield Text(f"{begun.title[words.language]}", style="strong")
    yield Text(words.note(begun.choice.why))


def loading(begun: Begun, words: Words) -> str:
    """Return what is said while the libraries are being loaded."""
    names = ", ".join(dict.fromkeys(name.partition(".")[0] for name in begun.loads))
    return words.say("run-loading", names=names)


def event_lines(event: Event, words: Words, width: int) -> Iterator[RenderableType]:
    """Yield what an event leaves on the screen."""
    match event:
        case Say(text) | Ask(text):
            yield Text(visible(text[words.language]))
        case Table(name, head, rows):
            yield Text()
            yield Text(visible(label(name, words.language)), style="strong")
            yield from table(_told(head, words), [_told(row, words) for row in rows], width)
        case _:
            pass


def report_lines(
    report: RunReport, words: Words, width: int, *, drawn: bool, coloured: bool
) -> Iterator[RenderableType]:
    """Yield the curves, the table, where everything lies, and what ended the run early."""
    yield from _curves(report.curves, words, width, drawn=drawn, coloured=coloured)
    yield Text()
    if report.status == "done" or report.curves or report.facts:
        yield Text(words.say("run-results"), style="strong")
        yield from pairs(list(_rows(report, words)), width)
        yield Text()
    yield from _kept(report, words)
    if report.status == "interrupted":
        kept = report.artefacts or report.curves
        yield Text(words.say("run-interrupted" if kept else "run-stopped-early"), style="partly")
    elif report.failure is not None:
        yield Text(visible(words.note(report.failure.note)), style="wrong")
        for frame in report.failure.frames:
            yield Text(f"    {frame.line}: {visible(frame.text)}", style="code")
        if not report.failure.frames:
            yield Text(words.say("run-no-lines", id=report.exercise), style="quiet")


def report_view(report: RunReport, words: Words) -> dict[str, Any]:
    """Return the run as JSON has it; what is no number there is null."""
    language = words.language
    failure = report.failure
    return {
        "schema": 1,
        "exercise": report.exercise,
        "status": report.status,
        "solution": {
            "which": report.choice.which,
            "path": report.choice.path,
            "why": words.note(report.choice.why),
        },
        "device": report.device,
        "seed": report.seed,
        "quick": report.quick,
        "seconds": round(report.seconds, 3),
        "peak_memory_mib": _mib(report.memory),
        "device_memory_mib": _mib(report.device_memory),
        "facts": {label(f.name, "en"): label(f.value, language) for f in report.facts},
        "metrics": {
            curve.name: {"steps": curve.steps, "values": [_json(v) for v in curve.values]}
            for curve in report.curves
        },
        "tables": [
            {
                "name": label(found.name, "en"),
                "head": _told(found.head, words),
                "rows": [_told(row, words) for row in found.rows],
            }
            for found in report.tables
        ],
        "said": [text[language] for text in report.said],
        "artefacts": list(report.artefacts),
        "folder": report.folder,
        "failure": None
        if failure is None
        else {
            "message": words.note(failure.note),
            "frames": [
                {"line": f.line, "function": f.function, "text": f.text} for f in failure.frames
            ],
        },
    }


def _curves(
    curves: Sequence[Curve], words: Words, width: int, *, drawn: bool, coloured: bool
) -> Iterator[RenderableType]:
    groups = [
        members for members in families(curves) if any(len(set(c.steps)) > 1 for c in members)
    ]
    height = _HIGH if len(groups) <= _MANY else _LOW
    for members in groups:
        if drawn:
            yield Text()
            yield from chart(members, width, height, coloured=coloured)
        else:
            yield from (Text(as_numbers(curve)) for curve in members)
    lost = sum(not math.isfinite(value) for curve in curves for value in curve.values)
    if lost:
        yield Text(words.say("run-not-finite", count=lost), style="wrong")


def _rows(report: RunReport, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the table of the end; a fact of the demo replaces what was measured."""
    which = words.say(f"run-which-{report.choice.which}")
    yield words.say("run-row-solution"), which
    facts = {label(fact.name, "en"): fact for fact in report.facts}
    for curve in report.curves[:_CURVES]:
        if curve.name not in facts:
            yield curve.name, _ends(curve)
    measured = {
        "seconds": _seconds(report.seconds),
        "peak memory": _memory(report, words),
        "device": report.device,
        "seed": str(report.seed),
    }
    for name, fact in facts.items():
        if name not in measured:
            yield _name(fact, words), visible(label(fact.value, words.language))
    for name, value in measured.items():
        told = label(facts[name].value, words.language) if name in facts else value
        if told:
            yield words.say(f"run-row-{name.replace(' ', '-')}"), told


def _seconds(spent: float) -> str:
    return f"{spent:.1f} s" if spent < _MINUTE else duration(spent)


def _ends(curve: Curve) -> str:
    first, last = curve.values[0], curve.values[-1]
    return number(last) if len(curve.values) == 1 else f"{number(first)} → {number(last)}"


def _name(fact: Fact, words: Words) -> str:
    if isinstance(fact.name, str) and fact.name in _KNOWN:
        return words.say(f"run-row-{fact.name.replace(' ', '-')}")
    return visible(label(fact.name, words.language))


def _memory(report: RunReport, words: Words) -> str:
    told = f"{report.memory / _MIB:,.0f} MiB" if report.memory else ""
    if report.device_memory:
        told += words.say("run-on-device", size=f"{report.device_memory / _MIB:,.0f} MiB")
    return told


def _kept(report: RunReport, words: Words) -> Iterator[Text]:
    yield Text(words.say("run-folder", path=report.folder))
    names = [PurePath(path).name for path in report.artefacts]
    if names:
        yield Text("  " + ", ".join(names), style="quiet")


def _told(cells: Sequence[Any], words: Words) -> list[str]:
    return [visible(label(cell, words.language)) for cell in cells]


def _json(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _mib(size: int) -> float:
    return round(size / _MIB, 1)
