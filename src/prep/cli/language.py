"""The language of this run: --lang, else the setting, else the locale.

It is read before Typer is built, so that help speaks it too.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from prep.cli.places import data_folder
from prep.errors import UsageError

if TYPE_CHECKING:
    from prep.model.text import Language

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


def choose_language(arguments: list[str]) -> Language:
    """Return the language and take `--lang` out of `arguments`."""
    asked = _taken(arguments)
    return usual_language() if asked is None else _known(asked)


def usual_language() -> Language:
    """Return the language of the setting, else of the locale."""
    kept = _kept()
    return kept if kept is not None else _of_locale()


def remember_language(language: str | None) -> None:
    """Keep the language where the next start finds it without opening the store."""
    path = data_folder() / "lang"
    if language is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(language, encoding="ascii")


def _kept() -> Language | None:
    try:
        text = (data_folder() / "lang").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return "zh" if text == "zh" else "en" if text == "en" else None


def _taken(arguments: list[str]) -> str | None:
    value = None
    for at, argument in enumerate(list(arguments)):
        if argument == "--":
            break
        if argument == "--lang":
            value = arguments[at + 1] if at + 1 < len(arguments) else ""
            del arguments[at : at + 2]
            break
        if argument.startswith("--lang="):
            value = argument.partition("=")[2]
            del arguments[at]
            break
    return value


def _known(text: str) -> Language:
    if text in {"en", "zh"}:
        return "zh" if text == "zh" else "en"
    raise UsageError("no-such-language", got=text)


def _of_locale() -> Language:
    for name in _LOCALE:
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform in {"win32", "darwin"}:
        import locale  # noqa: PLC0415 - only where the environment says nothing

        return "zh" if str(locale.getlocale()[0]).lower().startswith(("zh", "chinese")) else "en"
    return "en"
