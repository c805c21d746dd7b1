"""Every message there is, by who sends it to whom."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from prep.model.verdict import CheckResult, Frame

# The solution, our reference, and the solution again, on another device.
Role = Literal["sol", "ref", "away"]
Loss = Literal["late", "gone", "rubbish"]


class Message(Struct, frozen=True, tag_field="m"):
    """Base of all messages."""


# judge → worker


class Call(Message, frozen=True, tag="call"):
    """Call `name` of the solution, or of probe.py with the solution first."""

    id: int
    target: Literal["solution", "probe"]
    name: str
    arguments: bytes
    seed: int


# worker → judge


class Refused(Message, frozen=True, tag="refused"):
    """The source uses forbidden calls; it was not loaded."""

    call: str
    line: int


class Ready(Message, frozen=True, tag="ready"):
    """The solution was loaded and has these names."""

    names: list[str]


class Value(Message, frozen=True, tag="value"):
    """What a call returned, and which arguments it wrote to (positions and names)."""

    id: int
    result: bytes
    changed: list[str]


class Raised(Message, frozen=True, tag="raised"):
    """What a call raised, or loading the file (`id` 0).

    `own` says that a `raise` in the learner's file raised it; `module` is what could not be
    imported; `forbidden` the call that was refused while it ran.
    """

    id: int
    type: str
    text: str
    frames: list[Frame]
    own: bool = False
    syntax: bool = False
    module: str = ""
    forbidden: str = ""


FromWorker = Refused | Ready | Value | Raised


# supervisor → server, with the four ends of the worker's pipes


class Walls(Struct, frozen=True):
    """Which kinds of isolation to try; a machine that lacks one goes without it."""

    namespaces: bool = True
    network: bool = True
    landlock: bool = True


class Order(Message, frozen=True, tag="order"):
    """Start a worker in `folder`; tensors of torch arrive on `device`."""

    role: Role
    folder: str
    seed: int
    forbidden: list[str]
    probe: bool
    processes: int
    readable: list[str]
    walls: Walls
    environment: dict[str, str]
    device: str = "cpu"


# server → supervisor


class Warm(Message, frozen=True, tag="warm"):
    """The libraries are loaded; `devices` are those they can compute on, the best first."""

    versions: dict[str, str]
    devices: tuple[str, ...] = ("cpu",)


class Lacks(Message, frozen=True, tag="lacks"):
    """A library cannot be imported."""

    module: str
    problem: str


# keeper → supervisor


class Walled(Message, frozen=True, tag="walled"):
    """Isolation in force around a worker, and what could not be had."""

    measures: list[str]
    missing: list[str]


class Running(Message, frozen=True, tag="running"):
    """The process whose tree is to be watched: PID 1 of its namespace, or the worker."""

    pid: int


class Ended(Message, frozen=True, tag="ended"):
    """The worker's wait status."""

    status: int


class Broken(Message, frozen=True, tag="broken"):
    """The worker could not be started: our fault."""

    problem: str


FromKeeper = Walled | Running | Ended | Broken


# supervisor → judge


class Brief(Message, frozen=True, tag="brief"):
    """What the judge is to do; `answers` is a folder with answers of the reference, or "".

    `device` is what `sol` and `ref` compute on, `away` the accelerator of `on_device`, or "sim".
    """

    folder: str
    checks: list[str]
    entries: list[str]
    seed: int
    call_seconds: float
    import_seconds: float
    answers: str = ""
    device: str = "cpu"
    away: str = "sim"


class Fate(Message, frozen=True, tag="fate"):
    """What became of a worker; with `patience` it lives and gets so many seconds more."""

    reason: str
    values: dict[str, str]
    patience: float = 0


# judge → supervisor


class Began(Message, frozen=True, tag="began"):
    """A check has begun."""

    name: str


class Checked(Message, frozen=True, tag="checked"):
    """A check has ended."""

    result: CheckResult


class Lost(Message, frozen=True, tag="lost"):
    """A worker, allowed so many seconds, is late, gone or talks rubbish; tell what became of it."""

    role: Role
    how: Loss
    allowed: float


class Another(Message, frozen=True, tag="another"):
    """A worker, please; its socket follows as an attachment of one byte."""

    role: Role


class Finished(Message, frozen=True, tag="finished"):
    """Pytest is done; `collected` is what it found, `problem` what it could not do.

    `loading` and `longest_call` are seconds that the solution took at most.
    """

    collected: list[str]
    problem: str = ""
    loading: float = 0
    longest_call: float = 0


FromJudge = Began | Checked | Lost | Another | Finished
