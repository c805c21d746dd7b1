"""YAML text to nodes, and what YAML itself can get wrong.

Nodes are made from the parser's events, without recursion and without YAML's
implicit types (`no`, `3.10` and `12:30` stay text). PyYAML's own composer is not
used: libyaml's recurses in C, and 100,000 brackets end the process.
"""

from __future__ import annotations

from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from prep.bank.places import START, Findings, Place

MAX_DEPTH: Final = 40
MAX_BYTES: Final = 4_000_000
# Unquoted, they mean that there is nothing.
_NULLS: Final = frozenset({"~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


# A text: `value`, and `start_mark` with its line and column, from 0. The event itself
# serves as the node, since there are a million of them in 10,000 questions.
Scalar = ScalarEvent


class _Inner:
    """A node that holds others."""

    __slots__ = ("start_mark", "value")

    def __init__(self, value: list[Node], start_mark: Any) -> None:  # noqa: ANN401 - C or Python
        self.value = value
        self.start_mark = start_mark


class Sequence(_Inner):
    """A list."""

    __slots__ = ()


class Mapping(_Inner):
    """Keys and values, alternating in `value`."""

    __slots__ = ()

    def pairs(self) -> zip[tuple[Node, Node]]:
        """Return keys with their values."""
        return zip(self.value[::2], self.value[1::2], strict=True)


class Alias(_Inner):
    """Stands for what an alias points to; a finding has been made of it already."""

    __slots__ = ()


Node = ScalarEvent | Sequence | Mapping | Alias


class _StopError(Exception):
    """Reading cannot go on; a finding says why."""


def compose(data: bytes, findings: Findings) -> Node | None:
    """Return the root node of a YAML file, or None with findings that say why not."""
    if not _is_text(data, findings):
        return None
    try:
        root = _root(_LOADER(data if _LOADER is not yaml.BaseLoader else data.decode()), findings)
    except _StopError:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Place(mark.line + 1, mark.column + 1) if mark else START
        findings.add(where, "yaml-syntax", problem=error.problem or "not YAML")
        return None
    except (yaml.YAMLError, ValueError) as error:
        where = _line_of(data, getattr(error, "position", 0) or 0)
        findings.add(where, "yaml-syntax", problem=_first_line(error))
        return None
    if root is None or (isinstance(root, Scalar) and not root.value):
        findings.add(START, "empty-file")
        return None
    return root


def place(node: Node) -> Place:
    """Return where a node starts."""
    return _at(node)


def child(node: Node, step: str | int) -> Node | None:
    """Return the value of a key, or an item by its number; None when there is none."""
    if isinstance(node, Mapping):
        return next((value for key, value in node.pairs() if key.value == step), None)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def place_below(node: Node, *path: str | int) -> Place:
    """Return where `path` is written, or what would hold it, of what is not written."""
    for step in path:
        below = child(node, step)
        if below is None:
            break
        node = below
    return place(node)


def _is_text(data: bytes, findings: Findings) -> bool:
    if len(data) > MAX_BYTES:
        findings.add(START, "file-too-large", size=len(data), limit=MAX_BYTES)
        return False
    try:
        data.decode()
    except UnicodeDecodeError as error:
        where = _line_of(data, error.start)
        findings.add(where, "not-utf8", byte=f"0x{data[error.start]:02x}")
        return False
    if (tab := data.find(b"\t")) >= 0:
        findings.add(_line_of(data, tab), "tab")
    return True


def _line_of(data: bytes, position: int) -> Place:
    start = data.rfind(b"\n", 0, position) + 1
    column = len(data[start:position].decode(errors="replace")) + 1
    return Place(data.count(b"\n", 0, position) + 1, column)


def _root(loader: Any, findings: Findings) -> Node | None:  # noqa: ANN401 - C or Python
    """Build the tree; `append` adds to the innermost open list or mapping."""
    top: list[Node] = []
    outer: list[Any] = []
    append = top.append
    while True:
        event = loader.get_event()
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                _refuse(event, findings)
            if event.value in _NULLS and event.implicit[0]:
                event.value = ""
            append(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            node: Any = _opened(event, len(outer), findings)
            append(node)
            outer.append(append)
            append = node.value.append
        elif kind in _ENDS:
            append = outer.pop()
        elif kind is AliasEvent:
            _refuse(event, findings)
            append(Alias([], event.start_mark))
        elif kind is StreamEndEvent:
            return top[0] if top else None
        elif kind is DocumentStartEvent and top:
            findings.add(_at(event), "several-documents")
            return top[0]


_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})


def _opened(event: Any, depth: int, findings: Findings) -> Sequence | Mapping:  # noqa: ANN401
    if event.anchor is not None or event.tag is not None:
        _refuse(event, findings)
    if depth >= MAX_DEPTH:
        findings.add(_at(event), "too-deep", limit=MAX_DEPTH)
        raise _StopError
    return (Mapping if type(event) is MappingStartEvent else Sequence)([], event.start_mark)


def _refuse(event: Any, findings: Findings) -> None:  # noqa: ANN401
    """Anchors and aliases can expand without bound or loop; tags could name a class."""
    if event.anchor is not None:
        findings.add(_at(event), "yaml-alias")
    elif event.tag is not None:
        findings.add(_at(event), "yaml-tag", tag=event.tag)
    if findings.full:
        raise _StopError


def _at(event: Any) -> Place:  # noqa: ANN401
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
