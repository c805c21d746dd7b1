"""Rules on the words: both languages present, each in its own script, nothing given away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from prep.bank.places import Findings
from prep.bank.variants import is_drawn
from prep.core.fold import fold
from prep.model.question import Short
from prep.model.text import LANGUAGES, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prep.bank.load import Loaded
    from prep.bank.places import Place

    Path = tuple[str | int, ...]

_CODE = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|「[^」]*」|\$\w+")
_BACKTICKS = re.compile(r"`[^`]*`")
_PLACEHOLDER = re.compile(r"\$(?:[A-Za-z_]\w*|\{\w+\}|\$)")
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_HALF = re.compile(r"[\u3400-\u9fff][,;?!](?:\s|$|[\u3400-\u9fff])")
_PROSE_WORDS = 4
# An English sentence may name a Chinese term; a tenth of its letters is no longer a term.
_FEW = 0.1
_LONGEST_PROMPT: Final = 700
_LONGEST_QUOTE: Final = 40
_ALL_OF_ABOVE = re.compile(
    r"\b(all|both|any) of (the )?(above|these)\b|(?:以上|上述)(?:全|都|皆|所有)(?!不|错)",
    re.IGNORECASE,
)


def check_words(loaded: Loaded) -> Findings:
    """Return what is wrong with the words of one question."""
    findings = Findings(loaded.file.name)
    question = loaded.question
    for path, text in texts(question):
        check_scripts(loaded.place, path, text, findings)
        if not is_drawn(question):
            _check_filled(loaded, path, text, findings)
        is_option = path[0] == "options" and path[-1] == "text"
        if is_option and any(_ALL_OF_ABOVE.search(_bare(text[each])) for each in LANGUAGES):
            findings.add(loaded.place(*path), "all-of-the-above", got=_start(text.en))
    for language in LANGUAGES:
        if len(question.prompt[language]) > _LONGEST_PROMPT:
            where = loaded.place("prompt", language)
            got, limit = len(question.prompt[language]), _LONGEST_PROMPT
            findings.add(where, "prompt-too-long", got=got, limit=limit, language=language)
    if isinstance(question, Short) and question.hint is not None:
        _check_hint(loaded, question.accept, question.hint, findings)
    return findings


def check_scripts(place: Callable[..., Place], path: Path, text: Text, findings: Findings) -> None:
    """Find a text that is not in its own script; `place` tells where a path is written."""
    field, en, zh = path[0], _bare(text.en), _bare(text.zh)
    if len(_CJK.findall(en)) > _FEW * len(en):
        where = place(*path, "en")
        findings.add(where, "chinese-in-english", field=field, got=_start(text.en))
    where = place(*path, "zh")
    if len(_WORD.findall(zh)) >= _PROSE_WORDS and not _CJK.search(zh):
        findings.add(where, "untranslated", field=field, got=_start(text.zh))
    if _HALF.search(zh):
        findings.add(where, "half-width-punctuation", field=field, got=_start(text.zh))


def _check_filled(loaded: Loaded, path: Path, text: Text, findings: Findings) -> None:
    """Nothing fills the placeholders of a question that is not drawn."""
    for language in LANGUAGES:
        found = _PLACEHOLDER.search(_BACKTICKS.sub("", text[language]))
        if found:
            where = loaded.place(*path, language)
            findings.add(where, "undrawn-placeholder", field=path[0], got=found[0])


def _check_hint(loaded: Loaded, accept: Iterable[str], hint: Text, findings: Findings) -> None:
    for form in accept:
        key = fold(form)
        if key and any(key in fold(hint[language]) for language in LANGUAGES):
            findings.add(loaded.place("hint"), "hint-tells", form=form)
            return


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Text]]:  # noqa: ANN401 - any part
    """Yield every `Text` inside a question with the keys and numbers that lead to it."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from texts(item, (*path, at))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*path, name))


def _bare(text: str) -> str:
    return _CODE.sub("", text)


def _start(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
