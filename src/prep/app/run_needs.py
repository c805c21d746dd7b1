"""What a demo needs, found in its source: nothing is imported, so the answer is there at once."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from typing import TYPE_CHECKING

from prep.errors import EnvironmentLacksError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prep.exercises.catalog import Shelf

_ALWAYS = ("matplotlib",)  # draws the curves


def check_needs(shelf: Shelf) -> None:
    """Refuse to run when a library is missing, with the command that installs it."""
    own = {path.stem for path in shelf.folder.glob("*.py")}
    wanted = [*shelf.exercise.needs, *_imports(_demo(shelf)), *_ALWAYS]
    tops = dict.fromkeys(name.partition(".")[0] for name in wanted)
    missing = [name for name in tops if name not in own and not _is_there(name)]
    if missing:
        names = ", ".join(missing)
        raise EnvironmentLacksError("run-needs", modules=names, extra=shelf.exercise.extra)


def check_options(shelf: Shelf, options: Mapping[str, str]) -> None:
    """Refuse an option that this demo never looks at."""
    unread = options.keys() - _options_read(_demo(shelf))
    if unread:
        raise UsageError("run-no-option", id=shelf.exercise.id, option=min(unread))


def _demo(shelf: Shelf) -> ast.Module:
    return ast.parse((shelf.folder / "demo.py").read_bytes())


def _imports(tree: ast.Module) -> list[str]:
    """Return the modules that are imported when the demo is loaded."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _options_read(tree: ast.Module) -> set[str]:
    """Return the names in `stage.options.get("…")` and `stage.options["…"]`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="options")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.add(name)
            case ast.Subscript(
                value=ast.Attribute(attr="options"), slice=ast.Constant(value=str(name))
            ):
                found.add(name)
            case _:
                pass
    return found
