"""Check a bank, or one topic of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.bank.files import ARTICLES
from prep.bank.load import load
from prep.bank.rules import check
from prep.bank.variants import is_drawn
from prep.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from prep.model.finding import Finding


class Report(Struct, frozen=True):
    """What was found; `prefix` leads from where the user stands to the bank's root."""

    findings: list[Finding]
    questions: int
    skipped: int
    prefix: str


def check_bank(folder: Path, shipped: Path, *, trust: bool, today: date | None = None) -> Report:
    """Check the bank at `folder`; a topic's folder is checked as part of its bank."""
    if not folder.is_dir():
        raise UsageError("no-such-folder", path=str(folder))
    one_topic = any(path.is_file() and path.name != ARTICLES for path in folder.glob("*.yaml"))
    root = folder.parent if one_topic else folder
    run = trust or root.resolve() == shipped.resolve()
    bank = load(root)
    findings = check(bank, run_generators=run, today=today)
    mine = bank.questions
    if one_topic:
        findings = [f for f in findings if f.file.startswith(f"{folder.name}/")]
        mine = [loaded for loaded in mine if loaded.file.topic == folder.name]
    skipped = 0 if run else sum(is_drawn(loaded.question) for loaded in mine)
    return Report(findings, len(mine), skipped, f"{root}/")
