"""Typed values from YAML nodes, driven by the classes of `prep.model.question`.

`reader(type)` builds, once per type, a function that turns a node into a value
and reports every problem it meets. `BAD` stands for a value that could not be
read; nothing built from it is ever returned to a caller.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
import yaml

from prep.bank.nodes import place
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prep.bank.nodes import Node
    from prep.bank.places import Findings

    Reader = Callable[[Node, Findings], Any]
    Parser = Callable[[str], Any]

BAD: Final = object()
_TRUTH = {"true": True, "false": False}


@cache
def reader(kind: Any) -> Reader:  # noqa: ANN401 - types are values here
    """Return the function that reads nodes of type `kind`."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _constrained(*get_args(kind))
    if origin in (Union, UnionType):
        return _one_of([part for part in get_args(kind) if part is not NoneType])
    if origin is tuple:
        return _sequence(get_args(kind)[0])
    if origin is dict:
        return _table(*get_args(kind))
    if origin is Literal:
        return _scalar(_chosen(get_args(kind)), "one of " + ", ".join(get_args(kind)))
    if kind is Text:
        return _text(_struct(Text))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind)
    return _scalar(*_SCALARS[kind])


def _scalar(parse: Parser, expected: str) -> Reader:
    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not yaml.ScalarNode:
            return _wrong_kind(node, findings, expected)
        try:
            return parse(node.value)
        except (ValueError, KeyError, OverflowError):
            findings.add(place(node), "wrong-value", expected=expected, got=_shown(node.value))
            return BAD

    return read


def _nonempty(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text


def _finite(text: str) -> float:
    number = float(text)
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise ValueError(text)
    return number


def _chosen(words: tuple[str, ...]) -> Parser:
    return {word: word for word in words}.__getitem__


_SCALARS: dict[Any, tuple[Parser, str]] = {
    str: (_nonempty, "some text"),
    int: (int, "a whole number"),
    float: (_finite, "a number"),
    bool: (_TRUTH.__getitem__, "true or false"),
    date: (date.fromisoformat, "a date like 2026-11-22"),
}


def _constrained(kind: Any, meta: msgspec.Meta) -> Reader:  # noqa: ANN401
    read_plain = reader(kind)
    pattern = re.compile(meta.pattern) if meta.pattern else None

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        value = read_plain(node, findings)
        if value is BAD:
            return BAD
        if pattern is not None and not pattern.search(value):
            findings.add(place(node), "wrong-form", pattern=meta.pattern, got=_shown(value))
            return BAD
        if not _within(value, meta):
            findings.add(place(node), "out-of-range", allowed=_range(meta), got=_shown(value))
            return BAD
        return value

    return read


def _within(value: Any, meta: msgspec.Meta) -> bool:  # noqa: ANN401
    if meta.ge is not None and value < meta.ge:
        return False
    if meta.le is not None and value > meta.le:
        return False
    if meta.min_length is not None and len(value) < meta.min_length:
        return False
    return meta.max_length is None or len(value) <= meta.max_length


def _range(meta: msgspec.Meta) -> str:
    if meta.min_length is not None or meta.max_length is not None:
        return f"{meta.min_length or 0}…{meta.max_length or '∞'} items"
    low, high = (("" if bound is None else str(bound)) for bound in (meta.ge, meta.le))
    return f"{low}…{high}"


def _sequence(kind: Any) -> Reader:  # noqa: ANN401
    read_item = reader(kind)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not yaml.SequenceNode:
            return _wrong_kind(node, findings, "a list")
        items = [read_item(item, findings) for item in node.value]
        return BAD if any(item is BAD for item in items) else tuple(items)

    return read


def _table(key_kind: Any, value_kind: Any) -> Reader:  # noqa: ANN401
    read_key, read_value = reader(key_kind), reader(value_kind)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        fields = _fields(node, findings)
        if fields is None:
            return BAD
        items = [
            (read_key(key, findings), read_value(value, findings)) for key, value in fields.values()
        ]
        return BAD if any(BAD in item for item in items) else dict(items)

    return read


def _text(read_pair: Reader) -> Reader:
    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is yaml.ScalarNode:
            if not node.value.strip():
                findings.add(place(node), "wrong-value", expected="some text", got="")
                return BAD
            return Text(node.value, node.value)
        return read_pair(node, findings)

    return read


def _one_of(kinds: list[Any]) -> Reader:
    if len(kinds) == 1:
        return reader(kinds[0])
    by_tag = {str(kind.__struct_config__.tag): reader(kind) for kind in kinds}
    tag_field = kinds[0].__struct_config__.tag_field

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not yaml.MappingNode:
            return _wrong_kind(node, findings, "a mapping")
        for key, value in node.value:
            if key.value == tag_field and type(value) is yaml.ScalarNode:
                chosen = by_tag.get(value.value)
                if chosen is not None:
                    return chosen(node, findings)
                known = ", ".join(by_tag)
                findings.add(place(value), "unknown-type", got=_shown(value.value), known=known)
                return BAD
        findings.add(place(node), "missing-key", key=tag_field)
        return BAD

    return read


def _struct(kind: type[msgspec.Struct]) -> Reader:
    fields = {item.name: (reader(item.type), item.required) for item in _struct_fields(kind)}
    required = [name for name, (_, needed) in fields.items() if needed]
    tag_field = kind.__struct_config__.tag_field
    known = ", ".join(fields)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        found = _fields(node, findings)
        if found is None:
            return BAD
        values: dict[str, Any] = {}
        for name, (key, value) in found.items():
            if name in fields:
                values[name] = fields[name][0](value, findings)
            elif name != tag_field:
                findings.add(place(key), "unknown-key", key=_shown(name), known=known)
        missing = [name for name in required if name not in values]
        for name in missing:
            findings.add(place(node), "missing-key", key=name)
        if missing or any(value is BAD for value in values.values()):
            return BAD
        return kind(**values)

    return read


def _struct_fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _fields(node: Node, findings: Findings) -> Mapping[str, tuple[Node, Node]] | None:
    """Return the key and value nodes of a mapping by key; a duplicate key is a finding."""
    if type(node) is not yaml.MappingNode:
        _wrong_kind(node, findings, "a mapping")
        return None
    fields: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        if type(key) is not yaml.ScalarNode:
            _wrong_kind(key, findings, "a plain key")
        elif key.value in fields:
            findings.add(place(key), "duplicate-key", key=_shown(key.value))
        else:
            fields[key.value] = (key, value)
    return fields


def _wrong_kind(node: Node, findings: Findings, expected: str) -> Any:  # noqa: ANN401
    got = {"scalar": "text", "sequence": "a list", "mapping": "a mapping"}[node.id]
    findings.add(place(node), "wrong-kind", expected=expected, got=got)
    return BAD


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "…"
