"""Text of strangers, safe to show."""

from __future__ import annotations


def visible(text: str) -> str:
    """Return text whose control characters cannot move the cursor or imitate ours."""
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
