"""Sentences by code, in the language of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prep.errors import PrepError
    from prep.model.judgement import Note
    from prep.model.text import Language


class Words:
    """All sentences in one language; a missing code is a bug that a test finds."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._sentences = _sentences(language)

    def say(self, code: str, **values: object) -> str:
        """Return the sentence `code` with its values filled in."""
        return self._sentences[code].format(**values)

    @property
    def gap(self) -> str:
        """Return what stands between two sentences: full-width marks bring their own."""
        return "" if self.language == "zh" else " "

    def label(self, code: str) -> str:
        """Return a sentence that ends in a colon, ready for what follows."""
        return self.say(code) + self.gap

    def has(self, code: str) -> bool:
        """Return whether there is a sentence of that code."""
        return code in self._sentences

    def note(self, note: Note) -> str:
        """Return the sentence of a note."""
        return self.say(note.code, **note.values)

    def judge_note(self, note: Note) -> str:
        """Return the sentence of a judge's note; `rounded-too-much` has one for digits."""
        code = f"note-{note.code}"
        if note.code == "rounded-too-much" and "digits" in note.values:
            code += "-digits"
        return self.say(code, **note.values)

    def error(self, error: PrepError) -> str:
        """Return the sentence of an error."""
        return self.say(error.code, **error.values)


def _sentences(language: Language) -> Mapping[str, str]:
    if language == "zh":
        from prep.ui import words_zh  # noqa: PLC0415 - only the language of this run is loaded

        return words_zh.SENTENCES
    from prep.ui import words_en  # noqa: PLC0415

    return words_en.SENTENCES
