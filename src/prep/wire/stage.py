"""Messages between `prep run exercise` and the process that runs the demo."""

from __future__ import annotations

from msgspec import Struct

from prep.model.demo import Event
from prep.model.verdict import Frame


class Script(Struct, frozen=True, tag="script"):
    """parent → stage: what to run. Paths are absolute; the solution lies in `folder`."""

    exercise: str
    folder: str
    needs: list[str]
    device: str
    quick: bool
    seed: int
    options: dict[str, str]


class Answer(Struct, frozen=True, tag="answer"):
    """parent → stage: what the learner answered to `Ask`; None when there is nobody to ask."""

    text: str | None


class Started(Struct, frozen=True, tag="started"):
    """stage → parent: the libraries are loaded, the demo begins on this device."""

    device: str


class Lacking(Struct, frozen=True, tag="lacking"):
    """stage → parent: this machine lacks something; code and values of the sentence."""

    code: str
    values: dict[str, str]


class Threw(Struct, frozen=True, tag="threw"):
    """stage → parent: an exception; `frames` are the solution's, `trace` is everything."""

    kind: str
    text: str
    frames: list[Frame]
    trace: str


class Stopped(Struct, frozen=True, tag="stopped"):
    """stage → parent: the demo was interrupted and has cleaned up."""


class Ended(Struct, frozen=True, tag="ended"):
    """stage → parent: the last message. Memory in bytes."""

    seconds: float
    memory: int
    device_memory: int
    picture: str


FromStage = Started | Lacking | Threw | Stopped | Ended | Event
