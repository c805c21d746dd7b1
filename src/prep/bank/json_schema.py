"""JSON Schema of the bank's files, for editors: made from the classes that read them.

It describes YAML as editors parse it, with numbers and truth values, where our
reader takes every scalar as text: so a text may be written as a number here.
What lies between fields (exactly one right option, …) only `prep bank check` knows.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Final

import msgspec

from prep.model.question import Group, Topic

_REFERENCE: Final = "#/$defs/{name}"
_TEXT: Final = ["string", "number", "boolean"]
_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def json_schema() -> dict[str, Any]:
    """Return the schema of `<group>.yaml` and `topic.yaml` (the one with tags)."""
    (group, topic), parts = msgspec.json.schema_components([Group, Topic], ref_template=_REFERENCE)
    parts = {name: _as_written(part) for name, part in parts.items()}
    both = {"type": _TEXT, "pattern": r"\S", "description": "The same words in both languages."}
    parts["Text"] = {"anyOf": [both, parts["Text"]]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of a prep question bank",
        "description": "questions/<topic>/<group>.yaml or questions/<topic>/topic.yaml",
        "if": {"required": ["tags"]},
        "then": topic,
        "else": group,
        "$defs": dict(sorted(parts.items())),
    }


def _as_written(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a part of the schema for what people write: nobody writes null for "not given"."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {key: _as_written(value) for key, value in part.items()}
    if isinstance(part.get("description"), str):
        part["description"] = cleandoc(part["description"])
    part.pop("discriminator", None)  # OpenAPI's, not JSON Schema's
    if part.get("default", 0) is None:
        del part["default"]
    kinds = [kind for kind in part.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del part["anyOf"]
        part |= kinds[0]
    return part | _scalar(part)


def _scalar(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") != "string" or "enum" in part:
        return {}
    if part.get("format") == "date":
        return {"pattern": _DAY}
    return {"type": _TEXT, "pattern": part.get("pattern", r"\S")}
