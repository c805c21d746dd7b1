"""The one family of exceptions that the program raises on purpose.

A `PrepError` carries a code and values, never a sentence: `ui` has the words
in both languages. The exit codes are those of docs/architecture.md.
"""

from __future__ import annotations

from typing import ClassVar


class PrepError(Exception):
    """Something the user can act on: `code` names the sentence, `values` fill it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        """Return the code and values, for logs and test failures."""
        return f"{self.code}: {self.values}" if self.values else self.code


class UsageError(PrepError):
    """The command was called in a way that cannot work."""

    exit_code = 2


def unwritable(path: object, error: OSError) -> PrepError:
    """Return the error that a file or folder cannot be written."""
    return PrepError("file-unwritable", path=str(path), problem=error.strerror or str(error))


class EnvironmentLacksError(PrepError):
    """This machine cannot do it: a library, a device or a readable file is missing."""

    exit_code = 3
