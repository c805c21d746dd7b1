"""Rules on code: what is meant to run can be parsed, and names the libraries it needs."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Final

from prep.bank.places import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.load import Loaded

_FIELDS: Final = ("code", "fix", "proof")
# Wrong code is the point of some questions; a proof and a fix must be right.
_MUST_PARSE: Final = {"fix", "proof"}
_DISTRIBUTIONS: Final = {"sklearn": "scikit-learn", "yaml": "pyyaml", "PIL": "pillow"}
# What comes with a library for sure; torch does not bring numpy.
_IMPLIED: Final = {
    "scikit-learn": {"numpy", "scipy", "joblib"},
    "transformers": {"numpy", "tokenizers", "safetensors", "huggingface-hub"},
    "tensorflow": {"numpy", "keras"},
    "sacrebleu": {"numpy"},
    "openai": {"httpx", "httpx2", "pydantic"},
}


def check_code(loaded: Loaded) -> Findings:
    """Return what is wrong with the code, the fix and the proof of one question."""
    findings = Findings(loaded.file.name)
    present = _present(set(loaded.question.versions))
    for field in _FIELDS:
        text = getattr(loaded.question, field, None)
        if text is None:
            continue
        _check_spaces(loaded, field, text, findings)
        for library in _missing(_parsed(loaded, field, text, findings), present):
            findings.add(loaded.place(field), "version-missing", library=library)
            present.add(library)
    return findings


def _check_spaces(loaded: Loaded, field: str, text: str, findings: Findings) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line != line.rstrip():
            findings.add(loaded.place(field), "trailing-space", number=number, field=field)


def _parsed(loaded: Loaded, field: str, text: str, findings: Findings) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if field in _MUST_PARSE:
            problem = getattr(error, "msg", None) or type(error).__name__
            findings.add(loaded.place(field), "proof-syntax", field=field, problem=problem)
        return None


def _present(versions: set[str]) -> set[str]:
    """Return the libraries that are there when those of `versions` are."""
    named = {_library(name) for name in versions}
    return named.union(*(_IMPLIED.get(name, set()) for name in named))


def _missing(tree: ast.Module | None, present: set[str]) -> list[str]:
    imported = {name.partition(".")[0] for name in _imports(tree)} if tree else set()
    outside = {_library(name) for name in imported - sys.stdlib_module_names}
    return sorted(outside - present)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _library(name: str) -> str:
    """Return a library's name as package indexes fold it."""
    return _DISTRIBUTIONS.get(name, name).lower().replace("_", "-").removesuffix("-cpu")
