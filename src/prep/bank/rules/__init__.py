"""What must hold beyond the types: one module per kind of rule, one code per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.bank.places import in_order
from prep.bank.rules.code import check_code
from prep.bank.rules.keys import check_key
from prep.bank.rules.sources import check_sources
from prep.bank.rules.structure import check_structure
from prep.bank.rules.whole import check_whole
from prep.bank.rules.words import check_words

if TYPE_CHECKING:
    from datetime import date

    from prep.bank.load import Bank
    from prep.model.finding import Finding


def check(bank: Bank, *, run_generators: bool, today: date | None = None) -> list[Finding]:
    """Return every finding over the bank, those of reading included, sorted.

    Without `today`, no day counts as one to come.
    """
    findings = list(bank.findings)
    for loaded in bank.questions:
        broken = check_structure(loaded)
        findings += broken
        findings += check_words(loaded)
        findings += check_code(loaded)
        findings += check_sources(loaded, today=today)
        if not broken:
            findings += check_key(loaded, run_generators=run_generators)
    findings += check_whole(bank)
    return in_order(findings)
