"""An exercise, as its `exercise.yaml` is written (docs/exercises.md).

These classes are the format: the YAML reader is derived from them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from prep.model.question import Count, Identifier, Level, Part, Slug, Source
from prep.model.text import Text

Seconds = Annotated[float, Meta(ge=0.1, le=3600)]
Dotted = Annotated[str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][\w.-]*$", max_length=64)]
CheckName = Annotated[str, Meta(pattern=r"^test_[a-z0-9_]+$", max_length=64)]
Extra = Literal["torch", "tf", "llm"]


class Entry(Part, frozen=True, kw_only=True):
    """A function or class that the solution must define; `call` is an example in code."""

    name: Identifier
    call: str
    returns: Text


class Limits(Part, frozen=True, kw_only=True):
    """What ends a grading. Memory is unshared memory of the process tree over its start."""

    call_seconds: Seconds = 10.0
    import_seconds: Seconds = 20.0
    total_seconds: Seconds = 120.0
    memory_mb: Annotated[int, Meta(ge=16, le=1_000_000)] = 2048
    processes: Annotated[int, Meta(ge=1, le=4096)] = 64
    network: Literal["none", "host"] = "none"


class Check(Part, frozen=True, kw_only=True):
    """What the test function `name` of checks.py is about; `teaches` is said when it fails."""

    name: CheckName
    title: Text
    weight: Count = 1
    teaches: Text


class Equivalent(Part, frozen=True, kw_only=True):
    """A mutant of the reference that no check can kill, and why."""

    mutant: str
    reason: str


class Exercise(Part, frozen=True, kw_only=True):
    """One exercise. `needs` are importable names; `extra` installs them.

    A `draft` is not listed: not all of its samples are proven yet. `device` is where its checks
    compute: on the CPU, whatever there is, or on any device that is chosen; `on_device` is apart.
    """

    format: Literal["1"]
    id: Slug
    kind: Literal["build", "debug"] = "build"
    draft: bool = False
    title: Text
    summary: Text
    topic: Slug
    level: Level
    minutes: Annotated[int, Meta(ge=5, le=600)]
    extra: Extra
    needs: tuple[Dotted, ...] = ()
    files: tuple[FileName, ...] = ()
    entries: Annotated[tuple[Entry, ...], Meta(min_length=1)]
    forbidden: tuple[Dotted, ...] = ()
    device: Literal["cpu", "any"] = "cpu"
    limits: Limits = Limits()
    hints: Annotated[tuple[Text, ...], Meta(min_length=2)]
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    checked: date
    checks: Annotated[tuple[Check, ...], Meta(min_length=1)]
    equivalent: tuple[Equivalent, ...] = ()

    @property
    def is_hunt(self) -> bool:
        """Return whether the starter is code with planted bugs."""
        return self.kind == "debug"
