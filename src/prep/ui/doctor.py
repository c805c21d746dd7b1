"""What `prep doctor` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from prep.ui.markup import inline
from prep.ui.visible import visible
from prep.ui.wrap import Hanging, item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.doctor import Control, Lab, Library
    from prep.ui.words import Words

# What a worker can have around it, in the order in which a reader cares.
WALLS = (
    "namespaces", "mounts", "loopback", "landlock", "capabilities", "no_new_privs", "pid_max",
    "rlimits", "oom_score",
)  # fmt: skip


def library_lines(libraries: Sequence[Library], words: Words) -> Iterator[RenderableType]:
    """Yield what is installed: what prep stands on, what exercises need, what is missing."""
    for title, is_study in (("doctor-core", False), ("doctor-study", True)):
        these = [one for one in libraries if one.version and bool(one.extra) == is_study]
        names = " · ".join(f"{one.name} {one.version}" for one in these)
        yield _line(words.label(title), names or words.say("doctor-none"))
    missing: dict[str, list[str]] = {}
    for one in libraries:
        if not one.version:
            missing.setdefault(one.extra, []).append(one.name)
    for extra, absent in missing.items():
        code = "doctor-missing" if extra else "doctor-missing-core"
        yield Text(words.say(code, names=", ".join(absent), extra=extra), style="quiet")


def lab_lines(lab: Lab, words: Words) -> Iterator[RenderableType]:
    """Yield devices, isolation and the control pair."""
    devices = " · ".join(f"{name}: {', '.join(there)}" for name, there in lab.devices.items())
    yield _line(words.label("doctor-devices"), devices or words.say("doctor-none"))
    for name, problem in lab.broken.items():
        told = words.say("doctor-broken", name=name, problem=problem)
        yield item("✗", Text(visible(told)), "wrong")
    if lab.control is not None:
        yield from _walls(lab, words)
        yield from _control(lab.control, words)
    if lab.hindrance is not None:
        yield Text(words.note(lab.hindrance))


def lab_view(lab: Lab, libraries: Sequence[Library]) -> dict[str, Any]:
    """Return the same as plain data."""
    control = lab.control
    return {
        "libraries": {one.name: one.version or None for one in libraries},
        "devices": {name: list(there) for name, there in lab.devices.items()},
        "broken": lab.broken,
        "isolation": list(lab.isolation),
        "isolation_missing": dict(_split(line) for line in lab.missing),
        "control": None if control is None else _control_view(control),
    }


def _walls(lab: Lab, words: Words) -> Iterator[RenderableType]:
    yield Text(words.say("doctor-walls" if lab.isolation else "doctor-no-walls"))
    reasons = dict(_split(line) for line in lab.missing)
    for name in WALLS:
        told = words.say(f"doctor-wall-{name}")
        if name in lab.isolation:
            yield item("✓", inline(told), "right")
        elif name in reasons:
            why = words.say("doctor-wall-missing", what=told, reason=visible(reasons[name]))
            yield item("·", inline(why, "quiet"), "quiet")


def _control_view(control: Control) -> dict[str, Any]:
    return {
        "good": control.good,
        "bad": control.bad,
        "right": control.right,
        "seconds": control.seconds,
        "simulated_device": None if control.simulated is None else not control.simulated,
    }


def _control(control: Control, words: Words) -> Iterator[RenderableType]:
    pair = {"good": control.good, "bad": control.bad}
    verdicts = {name: words.say(f"verdict-{verdict}") for name, verdict in pair.items()}
    code = "doctor-control-right" if control.right else "doctor-control-wrong"
    told = words.say(code, seconds=f"{control.seconds:.1f}", **verdicts)
    yield item("✓" if control.right else "✗", Text(told), "right" if control.right else "wrong")
    if control.simulated:
        told = words.say("doctor-not-simulated", problem=visible(control.simulated))
        yield inline(told, "quiet")


def _line(title: str, value: str) -> RenderableType:
    return Hanging(Text(title, style="quiet"), Text(value))


def _split(line: str) -> tuple[str, str]:
    name, _, reason = line.partition(": ")
    return name, reason
