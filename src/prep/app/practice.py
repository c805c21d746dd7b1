"""How a learner stands with the exercises, and what she may look at."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.app.attempts import record
from prep.app.outside import Outside  # noqa: TC001
from prep.app.settings import Settings  # noqa: TC001
from prep.core.days import study_day
from prep.core.practice import standing
from prep.errors import UsageError
from prep.exercises.catalog import find_exercise
from prep.model.practice import Hints
from prep.store.store import Store  # noqa: TC001

if TYPE_CHECKING:
    from datetime import date

    from prep.model.practice import Deed, Standing

REFERENCE = "reference.py"


class Desk(Struct, frozen=True):
    """What a command about exercises works with; `root` is the folder of exercises."""

    root: Path
    store: Store
    outside: Outside
    settings: Settings

    def today(self) -> date:
        """Return the study day."""
        return study_day(self.outside.now(), self.outside.offset())


def standing_of(desk: Desk, name: str) -> Standing:
    """Return how things stand with one exercise today."""
    return standing(name, desk.store.deeds(name), desk.today(), desk.settings.exam)


def standings(store: Store, today: date, settings: Settings) -> dict[str, Standing]:
    """Return how things stand with every exercise about which there are deeds."""
    by_name: defaultdict[str, list[Deed]] = defaultdict(list)
    for deed in store.deeds():
        by_name[deed.exercise].append(deed)
    return {
        name: standing(name, deeds, today, settings.exam) for name, deeds in sorted(by_name.items())
    }


def take_hint(desk: Desk, name: str, *, everything: bool = False) -> Hints:
    """Return the next hint of the round, or all of them, and remember what was shown.

    Once all were shown, they are all repeated.
    """
    texts = find_exercise(desk.root, name).exercise.hints
    known = standing_of(desk, name).hints
    total = len(texts)
    numbered = tuple(enumerate(texts, 1))
    if known >= total:
        return Hints(numbered, total, again=True)
    upto = total if everything else known + 1
    record(desk.store, desk.outside, name, "hint", number=upto)
    return Hints(numbered if everything else numbered[upto - 1 : upto], total)


def take_reference(desk: Desk, name: str, *, give_up: bool = False) -> str:
    """Return our solution once the learner has passed, or gives up; it is remembered."""
    shelf = find_exercise(desk.root, name)
    found = standing_of(desk, name)
    solved = found.state in {"passed", "due"}
    if not give_up and (found.under_way or not solved):
        raise UsageError("solution-again" if solved else "solution-later", id=name)
    text = (shelf.folder / REFERENCE).read_text(encoding="utf-8")
    record(desk.store, desk.outside, name, "solution")
    return text
