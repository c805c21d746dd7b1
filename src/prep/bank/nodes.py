"""YAML text to nodes, and what YAML itself can get wrong.

Nodes are composed without YAML's implicit types (`no`, `3.10` and `12:30` stay
text) and never constructed by PyYAML, so that no tag can run anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from prep.bank.places import Findings, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = yaml.nodes.Node
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
# libyaml refuses over 1,000 levels by itself; the Python fallback recurses.
_MAX_DEPTH = 40
_MAX_BYTES = 4_000_000
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def compose(data: bytes, findings: Findings) -> Node | None:
    """Return the root node of a YAML file, or None with findings that say why not."""
    text = _decode(data, findings)
    if text is None:
        return None
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        findings.add(where, "yaml-syntax", problem=error.problem or "not YAML")
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        findings.add(Place(1, 1), "yaml-syntax", problem=_first_line(error))
        return None
    if root is None:
        findings.add(Place(1, 1), "empty-file")
        return None
    return root if _is_plain_tree(root, findings) else None


def place(node: Node) -> Place:
    """Return where a node starts."""
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _decode(data: bytes, findings: Findings) -> str | None:
    if len(data) > _MAX_BYTES:
        findings.add(Place(1, 1), "file-too-large", size=len(data), limit=_MAX_BYTES)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.add(Place(line, 1), "not-utf8", byte=f"0x{data[error.start]:02x}")
        return None


def _is_plain_tree(root: Node, findings: Findings) -> bool:
    """Refuse aliases (they can expand without bound or loop), tags and great depth."""
    before = len(findings)
    seen: set[int] = set()
    stack = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if id(node) in seen:
            findings.add(place(node), "yaml-alias")
            continue
        seen.add(id(node))
        if depth > _MAX_DEPTH:
            findings.add(place(node), "too-deep", limit=_MAX_DEPTH)
            continue
        if node.tag not in _PLAIN_TAGS:
            findings.add(place(node), "yaml-tag", tag=node.tag)
        if type(node) is not yaml.ScalarNode:
            stack.extend((child, depth + 1) for child in _children(node))
    return len(findings) == before


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    else:
        yield from node.value


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
