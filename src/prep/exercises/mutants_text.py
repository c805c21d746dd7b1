"""Python source as text that is edited where a node of its tree stands."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import NamedTuple

# How much of a line a mutant's name may hold, and what is kept beside the change itself.
_LONGEST_NAME = 60
_BESIDE = 14


class Edit(NamedTuple):
    """Put `new` where characters `start` to `end` are.

    `node` is shown before and after, unless `name` says it better.
    """

    node: ast.AST
    start: int
    end: int
    new: str
    name: str = ""


class Source:
    """A file: its text, its tree, and the way from one to the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._tokens = dict(_tokens(text, self._starts))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in characters."""
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return (
            self._offset(first, node.col_offset),  # type: ignore[attr-defined]
            self._offset(last, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def of(self, node: ast.AST) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def token(self, start: int, end: int, *words: str) -> tuple[int, int] | None:
        """Return where the operator `words` stands between two places, comments left out."""
        found = [at for at in self._tokens if start <= at < end and self._tokens[at] in words]
        return (found[0], found[-1] + len(self._tokens[found[-1]])) if found else None

    def changed(self, edit: Edit) -> str:
        """Return the whole text with an edit made."""
        return self.text[: edit.start] + edit.new + self.text[edit.end :]

    def replaced(self, node: ast.expr, new: str, shown: ast.AST | None = None) -> Edit:
        """Return the edit that puts `new` in the place of an expression, in brackets if needed."""
        start, end = self.span(node)
        bare = Edit(shown or node, start, end, new)
        safe = bare._replace(new=f"({new})")
        return bare if _same_tree(self.changed(bare), self.changed(safe)) else safe

    def negated(self, node: ast.expr, shown: ast.AST | None = None) -> Edit:
        """Return the edit that turns a condition round."""
        plain = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        text = self.of(node) if plain else f"({self.of(node)})"
        return self.replaced(node, f"not {text}", shown)

    def name(self, edit: Edit) -> str:
        """Return `old -> new` on one line, the same wherever in the file it stands."""
        if edit.name:
            return edit.name
        start, end = self.span(edit.node)
        start, end = min(start, edit.start), max(end, edit.end)
        old = one_line(self.text[start:end])
        new = one_line(self.text[start : edit.start] + edit.new + self.text[edit.end : end])
        return " -> ".join(_abridged(old, new))

    def _offset(self, line: int, column: int) -> int:
        """Return the place of a column that the parser counts in bytes."""
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())


def _tokens(text: str, starts: list[int]) -> list[tuple[int, str]]:
    wanted = {tokenize.OP, tokenize.NAME}
    return [
        (starts[token.start[0] - 1] + token.start[1], token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in wanted
    ]


def _same_tree(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


def one_line(text: str) -> str:
    """Return a piece of code without its line breaks and comments."""
    lines = [line.strip() for line in text.splitlines()]
    return " ".join(line.partition("  # ")[0] for line in lines if line[:1] != "#") or "pass"


def _abridged(old: str, new: str) -> tuple[str, str]:
    """Cut what the two have in common when they are long."""
    if max(len(old), len(new)) <= _LONGEST_NAME:
        return old, new
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next(
        (at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head
    )
    left, right = max(0, head - _BESIDE), max(0, tail - _BESIDE)
    dots = ("…" if left else "", "…" if right else "")
    return (
        dots[0] + _short(old[left : len(old) - right]) + dots[1],
        dots[0] + _short(new[left : len(new) - right]) + dots[1],
    )


def _short(text: str) -> str:
    half = _LONGEST_NAME // 2
    return text if len(text) <= _LONGEST_NAME else f"{text[:half]}…{text[-half:]}"
