"""A nudge for every question: the author's, else one that gives away a little."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from prep.core.shapes import parse_shape
from prep.model.judgement import Note
from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Numeric,
    Open,
    Ordering,
    Output,
    Shape,
    Short,
    Single,
    TrueFalse,
)

if TYPE_CHECKING:
    from prep.model.quiz import Shown
    from prep.model.text import Language

# A hint on the line of a bug leaves this many lines.
_LINES = 5
# So many letters of a long answer are shown, and half as many of a short one.
_LETTERS = 2


def hint(shown: Shown, language: Language) -> str | Note:  # noqa: C901, PLR0911, PLR0912 - by type
    """Return the author's hint in `language`, or a note that `ui` words."""
    question = shown.question
    if question.hint is not None:
        return question.hint[language]
    match question:
        case Single():
            wrong = next(at for at in shown.order if not question.options[at].right)
            return Note("hint-option", {"key": str(shown.order.index(wrong) + 1)})
        case Multiple():
            return Note("hint-count", {"count": str(sum(o.right for o in question.options))})
        case TrueFalse():
            return Note("hint-verdict")
        case Numeric():
            return _magnitude(question.value or 0.0)
        case Short():
            return _letters(question.accept[0])
        case Ordering():
            return Note("hint-first", {"text": question.steps[0].text[language]})
        case Matching():
            pair = question.pairs[0]
            return Note("hint-pair", {"left": pair.left[language], "right": pair.right[language]})
        case Cloze():
            return _letters(question.blanks[0].accept[0])
        case Output():
            return Note(f"hint-gives-{question.gives}")
        case Bug():
            return _lines(question)
        case Shape():
            return Note("hint-dims", {"count": str(len(parse_shape(question.value or "")))})
        case Open():
            return Note("hint-points", {"count": str(len(question.points))})


def _letters(answer: str) -> Note:
    """Show how an answer begins; of one or two characters only how many they are."""
    shown = _LETTERS if len(answer) > 2 * _LETTERS else _LETTERS // 2
    if len(answer) <= _LETTERS:
        return Note("hint-length", {"count": str(len(answer))})
    return Note("hint-letters", {"start": answer[:shown]})


def _lines(question: Bug) -> Note:
    """Name a few lines; where among them the wrong one stands differs from bug to bug."""
    line, count = question.lines[0], len((question.code or "").splitlines())
    low = max(1, line - (line + count) % _LINES)
    high = min(count, low + _LINES - 1)
    return Note("hint-line", {"low": str(low), "high": str(high)})


def _magnitude(value: float) -> Note:
    if value == 0:
        return Note("hint-magnitude", {"low": "-1", "high": "1"})
    exponent = math.floor(math.log10(abs(value)))
    low, high = 10.0**exponent, 10.0 ** (exponent + 1)
    if low == abs(value):
        low /= 10
    bounds = (low, high) if value > 0 else (-high, -low)
    return Note("hint-magnitude", {"low": f"{bounds[0]:g}", "high": f"{bounds[1]:g}"})
