"""Rules on one question's fields together; cheap, so they also guard the index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prep.bank.places import Findings
from prep.bank.rules.drawn import check_drawn
from prep.model.question import (
    Bug,
    Cloze,
    Drawable,
    Matching,
    Multiple,
    Option,
    Ordering,
    Output,
    Single,
    TrueFalse,
)
from prep.model.text import LANGUAGES

if TYPE_CHECKING:
    from prep.bank.load import Loaded

_GAP = re.compile(r"__(\d)__")
_MIN_OPTIONS, _MAX_OPTIONS = 3, 6


def check_structure(loaded: Loaded) -> Findings:
    """Return what is wrong between the fields of one question."""
    findings = Findings(loaded.file.name)
    question = loaded.question
    if isinstance(question, Drawable):
        check_drawn(loaded, question, findings)
    match question:
        case Single(computed=None):
            _check_single(loaded, question, findings)
        case Multiple():
            _check_any_right(loaded, question.options, findings)
        case TrueFalse() | Bug():
            _check_one_right(loaded, question.reasons, "reasons", findings)
        case Cloze():
            _check_gaps(loaded, question, findings)
        case Ordering():
            _check_steps(loaded, question, findings)
        case Matching():
            _check_sides(loaded, question, findings)
        case _:
            pass
    if isinstance(question, Bug):
        _check_bug(loaded, question, findings)
    if isinstance(question, Output | Bug | Cloze) and question.code is None:
        findings.add(loaded.place(), "code-missing", type=_type(loaded))
    return findings


def _check_single(loaded: Loaded, question: Single, findings: Findings) -> None:
    if question.option is not None or question.right is not None:
        findings.add(loaded.place(), "not-computed", keys="option, right")
    if not _MIN_OPTIONS <= len(question.options) <= _MAX_OPTIONS:
        got, allowed = len(question.options), f"{_MIN_OPTIONS}…{_MAX_OPTIONS}"
        findings.add(loaded.place("options"), "option-count", got=got, allowed=allowed)
    _check_one_right(loaded, question.options, "options", findings)


def _check_any_right(loaded: Loaded, options: tuple[Option, ...], findings: Findings) -> None:
    if not any(option.right for option in options):
        findings.add(loaded.place("options"), "no-right-option")
    _check_last(loaded, options, "options", findings)


def _check_one_right(
    loaded: Loaded, options: tuple[Option, ...], key: str, findings: Findings
) -> None:
    right = sum(option.right for option in options)
    if right != 1 and options:
        findings.add(loaded.place(key), "one-right", got=right)
    _check_last(loaded, options, key, findings)


def _check_last(loaded: Loaded, options: tuple[Option, ...], key: str, findings: Findings) -> None:
    last = [at for at, option in enumerate(options) if option.last]
    if len(last) > 1:
        findings.add(loaded.place(key, last[1], "last"), "two-last")
    for language in LANGUAGES:
        again = _first_again([option.text[language].strip().casefold() for option in options])
        if again is not None:
            where = loaded.place(key, again, "text", language)
            findings.add(where, "same-options", language=language)


def _first_again(texts: list[str]) -> int | None:
    """Return the first place at which a text stands for the second time."""
    return next((at for at, text in enumerate(texts) if text in texts[:at]), None)


def _check_bug(loaded: Loaded, question: Bug, findings: Findings) -> None:
    count = len((question.code or "").splitlines())
    for line in question.lines:
        if line > count:
            findings.add(loaded.place("lines"), "no-such-line", got=line, count=count)
    if question.code is not None and question.fix.strip() == question.code.strip():
        findings.add(loaded.place("fix"), "fix-changes-nothing")
    if question.proof is None:
        findings.add(loaded.place(), "proof-missing")


def _check_gaps(loaded: Loaded, question: Cloze, findings: Findings) -> None:
    gaps = [int(number) for number in _GAP.findall(question.code or "")]
    if gaps != list(range(1, len(question.blanks) + 1)):
        shown = ", ".join(f"__{gap}__" for gap in gaps) or "—"
        findings.add(loaded.place("blanks"), "gaps", got=shown, count=len(question.blanks))


def _check_steps(loaded: Loaded, question: Ordering, findings: Findings) -> None:
    seen: set[str] = set()
    ids = [step.id for step in question.steps]
    for at, step in enumerate(question.steps):
        if step.id in seen:
            findings.add(loaded.place("steps", at, "id"), "duplicate-step", id=step.id)
        for before in step.after:
            where = loaded.place("steps", at, "after")
            if before not in ids:
                findings.add(where, "unknown-step", id=before)
            elif before not in seen:
                findings.add(where, "step-order", id=step.id, before=before)
        seen.add(step.id)


def _check_sides(loaded: Loaded, question: Matching, findings: Findings) -> None:
    """Two pairs may share a right side; an extra one belongs to no pair."""
    for language in LANGUAGES:
        lefts = [pair.left[language].strip() for pair in question.pairs]
        again = _first_again(lefts)
        if again is not None:
            where = loaded.place("pairs", again, "left", language)
            findings.add(where, "same-sides", language=language)
        rights = {pair.right[language].strip() for pair in question.pairs}
        for at, each in enumerate(question.extra):
            if each.text[language].strip() in rights:
                where = loaded.place("extra", at, "text", language)
                findings.add(where, "same-sides", language=language)


def _type(loaded: Loaded) -> str:
    return str(type(loaded.question).__struct_config__.tag)
