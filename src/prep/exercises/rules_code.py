"""Rules on starter, reference, probe and demo: entries, what is still to do, imports."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Final

from prep.bank.places import START
from prep.exercises.opened import at, defined, is_unfinished, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.places import Findings
    from prep.exercises.opened import Opened
    from prep.model.finding import Finding

_STANDARD: Final = sys.stdlib_module_names
# The judge needs the one, the supervisor the other.
_ALWAYS: Final = frozenset({"numpy", "psutil"})
# What comes with a library for sure.
_BROUGHT: Final = {
    "transformers": {"tokenizers", "safetensors", "huggingface_hub"},
    "tensorflow": {"keras"},
    "sklearn": {"scipy", "joblib"},
}
_OURS: Final = frozenset({"solution", "reference", "checks", "starter", "demo", "probe"})


def check_code(opened: Opened) -> list[Finding]:
    """Return what is wrong with the Python files but checks.py and the samples."""
    found: list[Finding] = []
    for file in ("starter.py", "reference.py"):
        found += _entries(opened, file)
        found += _libraries(opened, file, allowed=frozenset())
    found += _signatures(opened)
    found += _to_do(opened)
    found += _libraries(opened, "probe.py", allowed=_own_files(opened))
    found += _demo(opened)
    return found


def imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every module that a file imports, in full, with the statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "."


def _entries(opened: Opened, file: str) -> Findings:
    findings = opened.findings(file)
    names = defined(opened.tree(file))
    for entry in opened.exercise.entries if opened.has(file) else ():
        if entry.name not in names:
            findings.add(START, "entry-missing", name=entry.name)
    return findings


def _signatures(opened: Opened) -> Findings:
    """Find entries of the reference that do not take what the starter says."""
    findings = opened.findings("reference.py")
    ours, theirs = (defined(opened.tree(file)) for file in ("reference.py", "starter.py"))
    for entry in opened.exercise.entries:
        told, given = parameters(theirs.get(entry.name)), parameters(ours.get(entry.name))
        if told is not None and given is not None and told != given:
            where = at(ours[entry.name])
            shown = {"wanted": ", ".join(told), "got": ", ".join(given)}
            findings.add(where, "signature-differs", name=entry.name, **shown)
    return findings


def _to_do(opened: Opened) -> Findings:
    """Find entries of the starter that do not raise; those of a bug hunt must not."""
    findings = opened.findings("starter.py")
    tree, lines = opened.tree("starter.py"), opened.text("starter.py").splitlines()
    for name, node in defined(tree).items():
        if name not in {entry.name for entry in opened.exercise.entries}:
            continue
        raises = any(is_unfinished(each) for each in ast.walk(node))
        if opened.exercise.is_hunt:
            if raises:
                findings.add(at(node), "starter-unfinished", name=name)
            continue
        if not raises:
            findings.add(at(node), "starter-raises-nothing", name=name)
        if "TODO" not in "\n".join(lines[node.lineno - 1 : node.end_lineno]):
            findings.add(at(node), "starter-no-todo", name=name)
    return findings


def _libraries(opened: Opened, file: str, *, allowed: frozenset[str]) -> Findings:
    """Find imports of what may be missing where it runs, or is not for its eyes."""
    findings = opened.findings(file)
    needs = {name.partition(".")[0] for name in opened.exercise.needs} | _ALWAYS
    brought = {each for name in needs for each in _BROUGHT.get(name, ())}
    for node, name in imports(opened.tree(file)):
        top = name.partition(".")[0]
        if top in allowed or (top in _STANDARD and top not in _OURS):
            continue
        if top in _OURS or top in {"prep", "pytest", ""}:
            findings.add(at(node), "import-not-there", name=name)
        elif top not in needs | brought:
            findings.add(at(node), "import-not-needed", name=top)
    return findings


def _own_files(opened: Opened) -> frozenset[str]:
    return frozenset(
        name.removesuffix(".py") for name in opened.exercise.files if name.endswith(".py")
    )


def _demo(opened: Opened) -> Findings:
    findings = opened.findings("demo.py")
    tree = opened.tree("demo.py")
    if opened.has("demo.py") and "demo" not in defined(tree):
        findings.add(START, "entry-missing", name="demo")
    for node, name in imports(tree):
        ours = name.partition(".")[0] in _OURS
        if ours or (name.split(".")[0] == "prep" and not name.startswith("prep.lab")):
            findings.add(at(node), "import-not-there", name=name)
    return findings
