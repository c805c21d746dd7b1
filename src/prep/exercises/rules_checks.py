"""Rules on checks.py: exactly the checks of exercise.yaml, in the judge's own means."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Final

from prep.bank.places import START
from prep.exercises.mutants import mutants
from prep.exercises.opened import at, defined
from prep.exercises.rules_code import imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.places import Findings
    from prep.exercises.opened import Opened
    from prep.model.finding import Finding

_FIXTURES: Final = frozenset({"sol", "ref", "seed", "on_device"})
_MODULES: Final = frozenset({"pytest", "numpy"})
_OURS: Final = "prep.grading.checks"


def check_checks(opened: Opened) -> list[Finding]:
    """Return what is wrong with checks.py, and with the marks of mutants."""
    return [*_functions(opened), *_imports(opened), *_probes(opened), *_marks(opened)]


def _functions(opened: Opened) -> Findings:
    findings = opened.findings("checks.py")
    nodes = [
        node
        for name, node in defined(opened.tree("checks.py")).items()
        if isinstance(node, ast.FunctionDef) and name.startswith("test")
    ]
    names = [node.name for node in nodes]
    told = [check.name for check in opened.exercise.checks]
    for name in told if opened.has("checks.py") else ():
        if name not in names:
            findings.add(START, "check-not-there", name=name)
    for node in nodes:
        if node.name not in told:
            findings.add(at(node), "check-untold", name=node.name)
        given = [argument.arg for argument in node.args.args]
        if node.decorator_list or not set(given) <= _FIXTURES:
            findings.add(at(node), "check-form", name=node.name, known=", ".join(sorted(_FIXTURES)))
    if sorted(names) == sorted(told) and names != told:
        first = next(node for node, name in zip(nodes, told, strict=True) if node.name != name)
        findings.add(at(first), "check-order", name=first.name)
    return findings


def _imports(opened: Opened) -> Findings:
    findings = opened.findings("checks.py")
    for node, name in imports(opened.tree("checks.py")):
        top = name.partition(".")[0]
        fine = top in _MODULES or (top in sys.stdlib_module_names) or name == _OURS
        if not fine:
            findings.add(at(node), "import-in-checks", name=name)
    return findings


def _probes(opened: Opened) -> Findings:
    findings = opened.findings("checks.py")
    known = defined(opened.tree("probe.py"))
    for node, name in _called_probes(opened.tree("checks.py")):
        if name not in known:
            findings.add(at(node), "probe-not-there", name=name)
    return findings


def _called_probes(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(attr="probe"), [ast.Constant(str(name)), *_]):
                yield node, name
            case _:
                pass


def _marks(opened: Opened) -> Findings:
    """Find marks of mutants that there are not, or that are marked already."""
    findings = opened.findings("exercise.yaml")
    marks = opened.exercise.equivalent
    try:
        known = {mutant.name for mutant in mutants(opened.text("reference.py"))} if marks else set()
    except (SyntaxError, ValueError):
        return findings  # another finding tells
    seen: set[str] = set()
    for number, mark in enumerate(marks):
        where = opened.place("equivalent", number)
        if mark.mutant not in known:
            findings.add(where, "mutant-unknown", name=mark.mutant)
        elif mark.mutant in seen:
            findings.add(where, "mutant-twice", name=mark.mutant)
        seen.add(mark.mutant)
    return findings
