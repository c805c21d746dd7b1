"""What use cases need from the outside world; `cli` supplies the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Outside(Protocol):
    """Clock and chance."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def offset(self) -> int:
        """Return the local zone's minutes east of UTC."""

    def uid(self) -> str:
        """Return a name that no other log entry has."""

    def seed(self) -> int:
        """Return a fresh seed below 2⁶³."""
