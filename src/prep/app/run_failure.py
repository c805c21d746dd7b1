"""Whose fault it was that a run ended early."""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from prep.errors import EnvironmentLacksError
from prep.model.judgement import Note
from prep.model.run import Choice, Failure
from prep.model.verdict import Frame

if TYPE_CHECKING:
    from prep.wire.stage import Lacking, Threw

# What faulthandler writes when the interpreter crashes, the innermost call first.
_CRASHED_AT = re.compile(r'^  File ".*solution\.py", line (\d+) in (\S+)$', re.MULTILINE)
_MOST_FRAMES = 8


class DemoBrokenError(Exception):
    """The demo failed with our own solution: our bug. The message is all that is known."""


def raise_lacking(lacking: Lacking, extra: str) -> NoReturn:
    """Raise what the stage says the machine lacks."""
    values = dict(lacking.values)
    if lacking.code == "run-lacks":
        values["extra"] = extra
    raise EnvironmentLacksError(lacking.code, **values)


def failure_of(choice: Choice, threw: Threw | None, code: int | None, errors: str) -> Failure:
    """Return what went wrong in the learner's code; with ours it is our bug, and raised."""
    if threw is None:
        return _ended(choice, code, errors)
    if choice.which == "reference":
        raise DemoBrokenError(threw.trace)
    values = {"type": threw.kind, "text": threw.text}
    if not threw.frames:
        return Failure(Note("run-result", values))
    last = threw.frames[-1]
    if threw.kind == "NotImplementedError":
        return Failure(Note("grade-unfinished"), tuple(threw.frames))
    return Failure(Note("grade-raised", {"line": str(last.line), **values}), tuple(threw.frames))


def _ended(choice: Choice, code: int | None, errors: str) -> Failure:
    """Word a process that ended without a word."""
    if code is not None and -code == signal.SIGKILL:
        raise EnvironmentLacksError("run-killed")
    if choice.which == "reference":
        problem = f"exit code {code}\n{errors}"
        raise DemoBrokenError(problem)
    if code is None or code >= 0:
        return Failure(Note("run-exited", {"status": str(code)}))
    name = str(-code)
    with suppress(ValueError):
        name = signal.Signals(-code).name
    found = _CRASHED_AT.findall(errors)[:_MOST_FRAMES]
    frames = tuple(Frame(int(line), function, function) for line, function in reversed(found))
    return Failure(Note("run-crashed", {"signal": name}), frames)
