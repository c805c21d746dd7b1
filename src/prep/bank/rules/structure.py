"""Rules on one question's fields together; cheap, so they also guard the index."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from prep.bank.places import Findings
from prep.model.question import (
    Bug,
    Cloze,
    Drawable,
    Matching,
    Multiple,
    Numeric,
    Option,
    Ordering,
    Output,
    Shape,
    Single,
    TrueFalse,
)
from prep.model.text import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.load import Loaded

_GAP = re.compile(r"__(\d)__")
_ANSWER = re.compile(r"\$(answer\b|\{answer\})")
_FUNCTION = re.compile(rb"^def ([A-Za-z_]\w*)\(", re.MULTILINE)
_MIN_OPTIONS, _MAX_OPTIONS = 3, 6
_MIN_MISTAKES = 2


def check_structure(loaded: Loaded) -> Findings:
    """Return what is wrong between the fields of one question."""
    findings = Findings(loaded.file.name)
    question = loaded.question
    if isinstance(question, Drawable):
        _check_drawn(loaded, question, findings)
    match question:
        case Single(computed=None):
            _check_single(loaded, question, findings)
        case Multiple():
            if not any(option.right for option in question.options):
                findings.add(loaded.place("options"), "no-right-option")
            _check_last(loaded, question.options, "options", findings)
        case TrueFalse():
            _check_one_right(loaded, question.reasons, "reasons", findings)
        case Bug():
            _check_one_right(loaded, question.reasons, "reasons", findings)
            _check_bug(loaded, question, findings)
        case Cloze():
            _check_gaps(loaded, question, findings)
        case Ordering():
            _check_steps(loaded, question, findings)
        case Matching():
            _check_sides(loaded, question, findings)
        case _:
            pass
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


def _check_one_right(
    loaded: Loaded, options: tuple[Option, ...], key: str, findings: Findings
) -> None:
    right = sum(option.right for option in options)
    if right != 1 and options:
        findings.add(loaded.place(key), "one-right", got=right)
    _check_last(loaded, options, key, findings)


def _check_last(loaded: Loaded, options: tuple[Option, ...], key: str, findings: Findings) -> None:
    if sum(option.last for option in options) > 1:
        findings.add(loaded.place(key), "two-last")
    for language in LANGUAGES:
        texts = [option.text[language].strip().casefold() for option in options]
        if len(set(texts)) < len(texts):
            findings.add(loaded.place(key), "same-options", language=language)


def _check_drawn(loaded: Loaded, question: Drawable, findings: Findings) -> None:
    written = question.options if isinstance(question, Single) else _value(question)
    if question.computed is None:
        if question.mistakes:
            findings.add(loaded.place("mistakes"), "not-computed", keys="mistakes")
        if written is None:
            findings.add(loaded.place(), "key-missing", keys="value, computed")
        return
    if written:
        findings.add(loaded.place("computed"), "two-keys", keys="computed, value / options")
    if isinstance(question, Single) and (question.option is None or question.right is None):
        findings.add(loaded.place("computed"), "key-missing", keys="option, right")
    option = question.option if isinstance(question, Single) else None
    if option is not None and not all(_ANSWER.search(option[each]) for each in LANGUAGES):
        findings.add(loaded.place("option"), "option-without-answer")
    if len(question.mistakes) < (_MIN_MISTAKES if isinstance(question, Single) else 1):
        findings.add(loaded.place("computed"), "mistakes-missing")
    if question.computed not in _functions(loaded.file.twin):
        twin = loaded.file.twin.name
        findings.add(loaded.place("computed"), "no-generator", name=question.computed, file=twin)


def _value(question: Drawable) -> object:
    return question.value if isinstance(question, Numeric | Output | Shape) else None


def _functions(twin: Path) -> frozenset[str]:
    """Return the names of the functions that a twin defines, without running it."""
    try:
        stat = twin.stat()
        return _functions_at(twin, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return frozenset()


@lru_cache(maxsize=64)
def _functions_at(twin: Path, _changed: int, _size: int) -> frozenset[str]:
    # Not parsed: that would be a third of the time of building an index.
    return frozenset(name.decode() for name in _FUNCTION.findall(twin.read_bytes()))


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
    for step in question.steps:
        if step.id in seen:
            findings.add(loaded.place("steps"), "duplicate-step", id=step.id)
        for before in step.after:
            if before not in ids:
                findings.add(loaded.place("steps"), "unknown-step", id=before)
            elif before not in seen:
                findings.add(loaded.place("steps"), "step-order", id=step.id, before=before)
        seen.add(step.id)


def _check_sides(loaded: Loaded, question: Matching, findings: Findings) -> None:
    """Two pairs may share a right side; an extra one belongs to no pair."""
    for language in LANGUAGES:
        lefts = [pair.left[language].strip() for pair in question.pairs]
        rights = {pair.right[language].strip() for pair in question.pairs}
        extra = {each.text[language].strip() for each in question.extra}
        if len(set(lefts)) < len(lefts) or rights & extra:
            findings.add(loaded.place("pairs"), "same-sides", language=language)


def _type(loaded: Loaded) -> str:
    return str(type(loaded.question).__struct_config__.tag)
