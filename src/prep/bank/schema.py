"""Typed values from YAML nodes, driven by the classes of `prep.model.question`.

`reader(type)` builds, once per type, a function that turns a node into a value
and reports every problem it meets. `BAD` stands for a value that could not be
read; nothing built from it is ever returned to a caller. These functions are
what building the index spends most of its own time in: hence their plain loops.
"""

from __future__ import annotations

import re
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from prep.bank.nodes import Alias, Mapping, Scalar, Sequence, place
from prep.bank.scalars import SCALARS
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from prep.bank.nodes import Node
    from prep.bank.places import Findings

    Reader = Callable[[Node, Findings], Any]

BAD: Final = object()
_MOST_SHOWN = 60
# The keys and values of a bilingual text.
_PAIR = 4


@cache
def reader(kind: Any) -> Reader:  # noqa: ANN401 - types are values here
    """Return the function that reads nodes of type `kind`."""
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _one_of([part for part in get_args(kind) if part is not NoneType])
    if origin in _GENERIC:
        return _GENERIC[origin](*get_args(kind))
    if kind is Text:
        return _text(_struct(Text))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind)
    return _LEAVES.get(kind) or _scalar(kind)


def _str(node: Node, findings: Findings) -> Any:  # noqa: ANN401
    if type(node) is not Scalar:
        return _wrong_kind(node, findings, "not-text")
    text: str = node.value
    if not text or text.isspace():
        findings.add(place(node), "empty-text")
        return BAD
    return text


def _scalar(kind: Any) -> Reader:  # noqa: ANN401
    parse, code = SCALARS[kind]

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Scalar:
            return _wrong_kind(node, findings, code, got="[…]" if type(node) is Sequence else "{…}")
        try:
            return parse(node.value)
        except (ValueError, KeyError):
            findings.add(place(node), code, got=_shown(node.value))
            return BAD

    return read


def _literal(*words: str) -> Reader:
    known = ", ".join(words)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Scalar:
            return _wrong_kind(node, findings, "not-text")
        if node.value in words:
            return node.value
        findings.add(place(node), "not-one-of", known=known, got=_shown(node.value))
        return BAD

    return read


def _constrained(kind: Any, meta: msgspec.Meta) -> Reader:  # noqa: ANN401
    read_plain = reader(kind)
    # fullmatch, since `$` alone would let a line break at the end pass.
    fits = re.compile(meta.pattern).fullmatch if meta.pattern else None

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        value = read_plain(node, findings)
        if value is BAD:
            return BAD
        if fits is not None and not fits(value):
            findings.add(place(node), "wrong-form", pattern=meta.pattern, got=_shown(value))
            return BAD
        if code := _outside(value, meta):
            findings.add(place(node), code, allowed=_range(meta), got=_measured(value))
            return BAD
        return value

    return read


def _outside(value: Any, meta: msgspec.Meta) -> str:  # noqa: ANN401
    """Return the code of the bound that `value` breaks, or nothing."""
    if meta.ge is not None and value < meta.ge:
        return "out-of-range"
    if meta.le is not None and value > meta.le:
        return "out-of-range"
    if meta.min_length is None and meta.max_length is None:
        return ""
    if (meta.min_length or 0) <= len(value) <= (meta.max_length or len(value)):
        return ""
    return "too-long" if isinstance(value, str) else "item-count"


def _range(meta: msgspec.Meta) -> str:
    bounds = (meta.min_length, meta.max_length) if meta.ge is meta.le else (meta.ge, meta.le)
    low, high = ("" if bound is None else str(bound) for bound in bounds)
    return f"{low}…{high}"


def _measured(value: object) -> object:
    return len(value) if isinstance(value, str | tuple) else _shown(value)


def _sequence(kind: Any, *_: Any) -> Reader:  # noqa: ANN401
    read_item = reader(kind)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Sequence:
            return _wrong_kind(node, findings, "not-a-list")
        items = [read_item(item, findings) for item in node.value]
        return BAD if BAD in items else tuple(items)

    return read


def _table(key_kind: Any, value_kind: Any) -> Reader:  # noqa: ANN401
    read_key, read_value = reader(key_kind), reader(value_kind)

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Mapping:
            return _wrong_kind(node, findings, "not-a-mapping")
        items: dict[Any, Any] = {}
        for key, value_node in node.pairs():
            name, value = read_key(key, findings), read_value(value_node, findings)
            if name is not BAD and name in items:
                findings.add(place(key), "duplicate-key", key=_shown(name))
            items[name] = value
        return BAD if BAD in items or BAD in items.values() else items

    return read


_GENERIC: dict[Any, Callable[..., Reader]] = {
    Annotated: _constrained,
    Literal: _literal,
    tuple: _sequence,
    dict: _table,
}


def _text(read_pair: Reader) -> Reader:
    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is Scalar:
            text = _str(node, findings)
            return BAD if text is BAD else Text(text, text)
        return _plain_pair(node) or read_pair(node, findings)

    return read


def _plain_pair(node: Node) -> Text | None:
    """Read {en: …, zh: …} as it is nearly always written; None for anything else."""
    if type(node) is not Mapping or len(node.value) != _PAIR:
        return None
    texts: list[str] = [item.value for item in node.value if type(item) is Scalar]
    if len(texts) != _PAIR or texts[::2] != ["en", "zh"]:
        return None
    en, zh = texts[1::2]
    return None if not en or not zh or en.isspace() or zh.isspace() else Text(en, zh)


def _one_of(kinds: list[Any]) -> Reader:
    """Read the class that the tag names; a union of one is an optional value."""
    if len(kinds) == 1:
        return reader(kinds[0])
    by_tag = {str(kind.__struct_config__.tag): reader(kind) for kind in kinds}
    tag_field = kinds[0].__struct_config__.tag_field

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Mapping:
            return _wrong_kind(node, findings, "not-a-mapping")
        for key, value in node.pairs():
            if key.value == tag_field and type(value) is Scalar:
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
    fields = {item.name: reader(item.type) for item in msgspec.structs.fields(kind)}
    required = {item.name for item in msgspec.structs.fields(kind) if item.required}
    tag_field = kind.__struct_config__.tag_field
    if tag_field:
        fields[tag_field] = _nothing  # `_one_of` has read it

    def read(node: Node, findings: Findings) -> Any:  # noqa: ANN401
        if type(node) is not Mapping:
            return _wrong_kind(node, findings, "not-a-mapping")
        values: dict[str, Any] = {}
        items = node.value
        for key, value in zip(items[::2], items[1::2], strict=True):
            name = key.value
            if type(key) is Scalar and name in fields and name not in values:
                values[name] = fields[name](value, findings)
            else:
                _refuse_key(key, fields, findings)
        if not required <= values.keys():
            for name in sorted(required - values.keys()):
                findings.add(place(node), "missing-key", key=name)
            return BAD
        if tag_field:
            values.pop(tag_field, None)
        return BAD if BAD in values.values() else kind(**values)

    return read


def _nothing(_node: Node, _findings: Findings) -> None:
    """Leave a node to be read elsewhere."""


_LEAVES: dict[Any, Reader] = {str: _str, object: _nothing}


def _refuse_key(key: Node, fields: dict[str, Reader], findings: Findings) -> None:
    if type(key) is not Scalar:
        _wrong_kind(key, findings, "not-text")
    elif key.value in fields:
        findings.add(place(key), "duplicate-key", key=key.value)
    else:
        known = ", ".join(fields)
        findings.add(place(key), "unknown-key", key=_shown(key.value), known=known)


def _wrong_kind(node: Node, findings: Findings, code: str, **values: str) -> Any:  # noqa: ANN401
    if type(node) is not Alias:
        findings.add(place(node), code, **values)
    return BAD


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
