"""What `prep doctor` has found: values only; `ui` has the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from prep.model.judgement import Note
    from prep.model.verdict import Verdict


class Library(Struct, frozen=True):
    """A library, its release ("" when it is not installed), and the extra that brings it."""

    name: str
    version: str
    extra: str = ""


class Control(Struct, frozen=True, kw_only=True):
    """The verdicts on a solution known to be good and one known to be bad.

    `simulated` says why there is no simulated device: "" when there is one, None when nobody asked.
    """

    good: Verdict
    bad: Verdict
    right: bool
    seconds: float
    simulated: str | None = None


class Lab(Struct, frozen=True, kw_only=True):
    """What was found by starting the processes of a grading.

    `devices` are those each library can compute on; `broken` are libraries that are installed and
    cannot be loaded, with the reason. Without a `control`, `hindrance` says why. Around a worker
    `isolation` was in force and `missing` ("name: reason") could not be had.
    """

    devices: dict[str, tuple[str, ...]]
    broken: dict[str, str]
    isolation: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    control: Control | None = None
    hindrance: Note | None = None

    @property
    def is_good(self) -> bool:
        """Return whether nothing is wrong; what is not installed is not wrong."""
        return not self.broken and (self.control is None or self.control.right)
