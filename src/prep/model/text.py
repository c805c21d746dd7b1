"""Bilingual text."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in both languages of the program."""

    en: str
    zh: str

    def __getitem__(self, language: Language) -> str:
        """Return the words in `language`."""
        return self.zh if language == "zh" else self.en
