"""The user's settings: names, values and their meaning."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from prep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(Struct, frozen=True, kw_only=True):
    """What `prep config` can change."""

    lang: Literal["en", "zh"] | None = None
    exam: date | None = None
    retention: Annotated[float, Meta(ge=0.7, le=0.97)] = 0.9
    count: Annotated[int, Meta(ge=1, le=500)] = 20
    new: Annotated[int, Meta(ge=0, le=500)] = 10
    minutes: Annotated[float, Meta(gt=0, le=30)] = 1.5


def read_settings(stored: Mapping[str, str]) -> Settings:
    """Return the stored settings; one that a newer version wrote differently falls back."""
    values = {}
    for name, text in stored.items():
        if name in Settings.__struct_fields__:
            try:
                values[name] = parse_setting(name, text)
            except UsageError:
                continue
    return Settings(**values)  # type: ignore[arg-type]


def parse_setting(name: str, text: str) -> object:
    """Return the value of setting `name` written as `text`, or a UsageError."""
    field = next((f for f in msgspec.structs.fields(Settings) if f.name == name), None)
    if field is None:
        raise UsageError("no-such-setting", name=name, known=", ".join(Settings.__struct_fields__))
    try:
        return msgspec.convert(text, field.type, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"bad-setting-{name}", got=text) from error
