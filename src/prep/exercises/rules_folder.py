"""Rules on the files of an exercise: all there, nothing else, and nothing given away."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from prep.bank.places import START, Findings, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.exercises.opened import Opened
    from prep.model.finding import Finding

_WANTED: Final = (
    "task.en.md",
    "task.zh.md",
    "starter.py",
    "reference.py",
    "checks.py",
    "demo.py",
    "samples/right",
    "samples/wrong",
)
_ALLOWED: Final = frozenset({"exercise.yaml", "probe.py", "samples", *_WANTED})
# A worker has its own, or must not see them.
_RESERVED: Final = frozenset(
    {"solution.py", "probe.py", "reference.py", "checks.py", "starter.py", "exercise.yaml"}
)
_LEAST: Final = {"right": 2, "wrong": 5}


def check_folder(opened: Opened) -> list[Finding]:
    """Return what is missing, what is too much, and which Python files cannot be read."""
    found: list[Finding] = []
    for name in _WANTED:
        if not (opened.folder / name).exists():
            found += _one(opened, name, "file-lacking")
    for name in _names(opened):
        if name not in {*_ALLOWED, *opened.exercise.files} and _is_stray(name):
            found += _one(opened, name, "file-stray")
        elif name.endswith(".py"):
            found += _parsed(opened, name)
    return found + _declared(opened) + _counted(opened)


def _names(opened: Opened) -> Iterator[str]:
    """Yield every file and folder, but what Python leaves behind."""
    for path in sorted(opened.folder.rglob("*")):
        name = path.relative_to(opened.folder).as_posix()
        if "__pycache__" not in name:
            yield name


def _is_stray(name: str) -> bool:
    kind, _, file = name.removeprefix("samples/").partition("/")
    is_sample = name.startswith("samples/") and kind in _LEAST
    return not (is_sample and "/" not in file and file.endswith(".py") and file[:1] != ".")


def _parsed(opened: Opened, name: str) -> Findings:
    findings = opened.findings(name)
    try:
        ast.parse((opened.folder / name).read_bytes())
    except SyntaxError as error:
        where = Place(error.lineno or 1, error.offset or 1)
        findings.add(where, "not-python", problem=error.msg)
    except (ValueError, OSError) as error:
        findings.add(START, "not-python", problem=str(error))
    return findings


def _declared(opened: Opened) -> Findings:
    findings = opened.findings("exercise.yaml")
    for number, name in enumerate(opened.exercise.files):
        where = opened.place("files", number)
        if name in _RESERVED:
            findings.add(where, "file-reserved", name=name)
        elif not opened.has(name):
            findings.add(where, "file-not-there", name=name)
    return findings


def _counted(opened: Opened) -> list[Finding]:
    found: list[Finding] = []
    for kind, least in _LEAST.items():
        count = len(list((opened.folder / "samples" / kind).glob("*.py")))
        if count < least:
            found += _one(opened, f"samples/{kind}", "few-samples", count=count, least=least)
    return found


def _one(opened: Opened, name: str, code: str, **values: object) -> Findings:
    findings = opened.findings(name)
    findings.add(START, code, **values)
    return findings
