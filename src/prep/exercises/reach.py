"""Which checks use which entry, read off their source: those are worth running first."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from prep.exercises.opened import defined

if TYPE_CHECKING:
    from collections.abc import Mapping

FAR: Final = 99


def reach(checks: str, probe: str) -> dict[str, dict[str, int]]:
    """Return for each check the names that it uses, and over how many functions.

    A name is an attribute, as in `sol.rnn_step(…)`; helpers of checks.py and functions of probe.py,
    which are named in texts, are followed. Of a file that cannot be parsed nothing is known.
    """
    try:
        functions = defined(ast.parse(probe)) | defined(ast.parse(checks))
    except (SyntaxError, ValueError):
        return {}
    used = {name: _used(node) for name, node in functions.items()}
    return {name: _distances(name, used) for name in used if name.startswith("test_")}


def _distances(start: str, used: Mapping[str, set[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    front, distance = {start}, 0
    while front:
        names = set().union(*(used[name] for name in front)) - set(found)
        found |= dict.fromkeys(names, distance)
        front, distance = names & set(used), distance + 1
    return found


def _used(node: ast.AST) -> set[str]:
    names = set()
    for each in ast.walk(node):
        match each:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
                names.add(name)
            case _:
                pass
    return names
