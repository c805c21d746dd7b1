"""The error of an answer that cannot be judged."""

from __future__ import annotations

from prep.errors import PrepError

_LONGEST_QUOTE = 40


class BadAnswerError(PrepError):
    """An answer that says nothing to judge: it is asked for again and never stored."""

    exit_code = 2


def quote(text: str) -> str:
    """Return what was typed, short enough to stand in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def typed_text(text: str, *, longest: int) -> str:
    """Return `text` without outer space; refuse an empty or an endless one."""
    text = text.strip()
    if not text:
        raise BadAnswerError("answer-empty")
    if len(text) > longest:
        raise BadAnswerError("answer-too-long", length=len(text), longest=longest)
    return text
