"""Rules on sources, and on the day on which they were checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from prep.bank.places import Findings

if TYPE_CHECKING:
    from prep.bank.load import Loaded

_FIRST_DAY: Final = date(2020, 1, 1)


def check_sources(loaded: Loaded, *, today: date | None) -> Findings:
    """Return what is wrong with one question's sources; without `today`, any later day is right."""
    findings = Findings(loaded.file.name)
    seen: set[str] = set()
    for at, source in enumerate(loaded.question.sources):
        if source.url in seen:
            findings.add(loaded.place("sources", at, "url"), "same-source", url=source.url)
        seen.add(source.url)
    checked = loaded.question.checked
    if checked < _FIRST_DAY or (today is not None and checked > today):
        findings.add(loaded.place("checked"), "unlikely-date", got=checked)
    return findings
