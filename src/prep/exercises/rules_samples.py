"""Rules on samples: a wrong one says what it gets wrong and where that shows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prep.bank.places import START
from prep.exercises.hunts import read_hunt
from prep.exercises.samples import named_checks, sample_files
from prep.exercises.trials import FORBIDDEN

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.places import Findings
    from prep.exercises.opened import Opened
    from prep.model.finding import Finding


def check_samples(opened: Opened) -> list[Finding]:
    """Return what is wrong with the samples, and which checks no wrong sample names."""
    found: list[Finding] = []
    proven: set[str] = set()
    for file in sample_files(opened.folder, "wrong"):
        named = named_checks(opened.text(f"samples/wrong/{file.name}"))
        proven |= set(named)
        found += _wrong(opened, file, named)
    for file in sample_files(opened.folder, "right"):
        found += _right(opened, file)
    if opened.exercise.is_hunt:
        found += _planted(opened)
    return [*found, *_unproven(opened, proven)]


def _wrong(opened: Opened, file: Path, named: tuple[str, ...]) -> Findings:
    name = f"samples/wrong/{file.name}"
    findings = opened.findings(name)
    tree = opened.tree(name)
    if not tree.body and opened.text(name).strip():
        return findings  # it cannot be read, as another finding says
    told = ast.get_docstring(tree) or ""
    if not told or told.startswith("fails:"):
        findings.add(START, "sample-untold")
    if not named:
        findings.add(START, "fails-missing")
    known = {check.name for check in opened.exercise.checks}
    if opened.exercise.forbidden and named == (FORBIDDEN,):
        known = {FORBIDDEN}
    for each in named:
        if each not in known:
            findings.add(START, "fails-unknown", name=each)
    return findings


def _right(opened: Opened, file: Path) -> Findings:
    """Find a right sample that is the reference again: it proves nothing."""
    name = f"samples/right/{file.name}"
    findings = opened.findings(name)
    ours, reference = opened.tree(name), opened.tree("reference.py")
    if ours.body and ast.dump(_without_words(ours)) == ast.dump(_without_words(reference)):
        findings.add(START, "sample-is-reference")
    return findings


def _planted(opened: Opened) -> Findings:
    """Find what keeps a bug hunt from giving each bug its own check, and each check its bug."""
    findings = opened.findings("starter.py")
    try:
        hunt = read_hunt(opened.folder)
    except (OSError, SyntaxError, ValueError):
        return findings  # what cannot be read is another finding
    if not hunt.is_whole():
        findings.add(START, "hunt-starter-differs")
    found_by: dict[str, str] = {}
    for bug in hunt.bugs:
        for name in bug.checks:
            if name in found_by:
                values = {"name": name, "bugs": f"{found_by[name]}, {bug.file}"}
                findings.add(START, "hunt-check-shared", **values)
            found_by[name] = bug.file
    for check in opened.exercise.checks:
        if check.name not in found_by:
            findings.add(START, "hunt-check-without-bug", name=check.name)
    return findings


def _without_words(tree: ast.Module) -> ast.Module:
    if tree.body and ast.get_docstring(tree) is not None:
        return ast.Module(tree.body[1:], [])
    return tree


def _unproven(opened: Opened, proven: set[str]) -> Findings:
    findings = opened.findings("exercise.yaml")
    for number, check in enumerate(opened.exercise.checks):
        if check.name not in proven:
            findings.add(opened.place("checks", number), "check-unproven", name=check.name)
    return findings
