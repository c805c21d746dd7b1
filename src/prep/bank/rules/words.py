"""Rules on the words: both languages present, each in its own script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from prep.bank.places import Findings
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.load import Loaded

_CODE = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|「[^」]*」|\$\w+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_HALF = re.compile(r"[\u3400-\u9fff][,;?!](?:\s|$|[\u3400-\u9fff])")
_PROSE_WORDS = 4
# An English sentence may name a Chinese term; a tenth of its letters is no longer a term.
_FEW = 0.1
_ALL_OF_ABOVE = re.compile(
    r"\b(all|both|any) of (the )?(above|these)\b|(?:以上|上述)(?:全|都|皆|所有)(?!不|错)", re.IGNORECASE
)


def check_words(loaded: Loaded) -> Findings:
    """Return what is wrong with the words of one question."""
    findings = Findings(loaded.file.name)
    for field, text in _texts(loaded.question):
        where = loaded.place(field)
        en, zh = _CODE.sub("", text.en), _CODE.sub("", text.zh)
        if len(_CJK.findall(en)) > _FEW * len(en):
            findings.add(where, "chinese-in-english", field=field, got=_start(text.en))
        if len(_WORD.findall(zh)) >= _PROSE_WORDS and not _CJK.search(zh):
            findings.add(where, "untranslated", field=field, got=_start(text.zh))
        if _HALF.search(zh):
            findings.add(where, "half-width-punctuation", field=field, got=_start(text.zh))
        if field == "options" and (_ALL_OF_ABOVE.search(en) or _ALL_OF_ABOVE.search(zh)):
            findings.add(where, "all-of-the-above", got=_start(text.en))
    return findings


def _texts(value: object, field: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every `Text` inside a question with the name of the question's key it stands under."""
    if isinstance(value, Text):
        yield field, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name), field or name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item, field)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item, field)


def _start(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
