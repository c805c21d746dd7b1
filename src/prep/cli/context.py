"""The outside world of one command: clock, chance, language, terminal, store and bank."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prep.cli.places import cache_folder, data_folder, shipped
from prep.errors import PrepError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from prep.app.practice import Desk
    from prep.app.settings import Settings
    from prep.bank.index import Index
    from prep.model.text import Language
    from prep.store.store import Store
    from prep.ui.words import Words


class Clock:
    """The real clock and chance, as `prep.app.outside.Outside` asks for them."""

    def now(self) -> datetime:
        """Return the time, in UTC; $PREP_NOW (for tests and demonstrations) replaces it."""
        fixed = os.environ.get("PREP_NOW")
        return datetime.fromisoformat(fixed).astimezone(UTC) if fixed else datetime.now(UTC)

    def offset(self) -> int:
        """Return the local zone's minutes east of UTC."""
        local = self.now().astimezone().utcoffset()
        return int(local.total_seconds() // 60) if local else 0

    def uid(self) -> str:
        """Return the time and 64 random bits as text: of two names the later one sorts last.

        The log breaks ties of its clock by them; a fixed $PREP_NOW has nothing but ties.
        """
        return f"{time.time_ns():016x}{os.urandom(8).hex()}"

    def seed(self) -> int:
        """Return a random number below 2⁶³."""
        return int.from_bytes(os.urandom(8)) >> 1


class Context:
    """Made once by `main`; the parts are opened when first used."""

    def __init__(self, language: Language, words: Words, *, plain: bool) -> None:
        self.language = language
        self.words = words
        self.plain = plain
        self.clock = Clock()

    @cached_property
    def out(self) -> Console:
        """Return the console on standard output."""
        from prep.ui.console import make_console  # noqa: PLC0415 - rich is not needed for --json

        return make_console(sys.stdout, plain=self.plain)

    @cached_property
    def store(self) -> Store:
        """Return the learner's progress, opened."""
        from prep.store.store import Store  # noqa: PLC0415

        return Store.open(data_folder() / "progress.sqlite3")

    @cached_property
    def settings(self) -> Settings:
        """Return the learner's settings."""
        from prep.app.settings import read_settings  # noqa: PLC0415

        return read_settings(self.store.settings())

    @cached_property
    def desk(self) -> Desk:
        """Return what commands about exercises work with."""
        from prep.app.practice import Desk  # noqa: PLC0415

        return Desk(shipped("exercises"), self.store, self.clock, self.settings)

    def index(self, folder: Path | None = None) -> Index:
        """Return the shipped bank, or the one in `folder`, compiled."""
        from prep.bank.opening import open_index  # noqa: PLC0415

        root = shipped("questions") if folder is None else folder
        if not root.is_dir():
            raise UsageError("no-such-folder", path=str(root))
        index, findings = open_index(root, cache_folder())
        if index is None:
            raise PrepError("bank-broken", path=str(root), count=len(findings))
        return index

    @property
    def interactive(self) -> bool:
        """Return whether a person sits at both ends."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()
