"""YAML as an editor reads it, by another way than ours: the core schema of YAML 1.2.

The yardstick of the tests. Duplicate keys, aliases, tags, anchors, tabs, several documents and
great depth are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.constructor import ConstructorError

_CORE = "tag:yaml.org,2002:"
_SCALARS = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}


class CoreLoader(yaml.SafeLoader):
    """PyYAML in Python with the core schema's scalars, and nothing that a bank must not hold."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - as in the base class

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse what could expand, loop or construct."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor or getattr(event, "tag", None):
            raise ConstructorError(None, None, "alias, anchor or tag", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Refuse a key that is written twice, or is none."""
        keys = [key.value for key, _ in node.value]
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise ConstructorError(None, None, "duplicate key", node.start_mark)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


for _kind, _form in _SCALARS.items():
    CoreLoader.add_implicit_resolver(_CORE + _kind, re.compile(f"^(?:{_form})$"), None)


def _whole(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)


def _number(loader: Any, node: Any) -> float:
    return float(re.sub(r"\.(?=[iInN])", "", loader.construct_scalar(node)))


CoreLoader.add_constructor(_CORE + "int", _whole)
CoreLoader.add_constructor(_CORE + "float", _number)
CoreLoader.add_constructor(_CORE + "map", CoreLoader.construct_mapping)


def core_load(data: bytes) -> Any:
    """Return the value of a file; ValueError, RecursionError or yaml.YAMLError when it has none."""
    if b"\t" in data:
        raise ValueError("tab")
    return yaml.load(data.decode("utf-8-sig"), Loader=CoreLoader)  # noqa: S506 - a safe loader
