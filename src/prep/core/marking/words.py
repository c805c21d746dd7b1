"""Marks for short answers and for gaps in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.bad_answer import BadAnswerError, quote, typed_text
from prep.core.code_text import code_tokens, same_code
from prep.core.fold import fold, is_close
from prep.core.marking.choices import check_length, share
from prep.core.marking.gaps import readings, surroundings
from prep.core.marking.near import replies_to
from prep.model.judgement import Judgement, Note

if TYPE_CHECKING:
    from prep.model.question import Blank, Cloze, Short
    from prep.model.response import Blanks, Typed
    from prep.model.text import Text

_LONGEST = 400


def mark_short(question: Short, response: Typed) -> Judgement:
    """Return right for an accepted form, a retry for a misspelling of one."""
    typed = typed_text(response.text, longest=_LONGEST)
    folded = fold(typed)
    if not folded:
        raise BadAnswerError("answer-empty")
    if any(folded == fold(form) for form in question.accept):
        return Judgement(1.0)
    replies = replies_to(question.near, lambda form: fold(form) == folded)
    if not replies and any(is_close(typed, form) for form in question.accept):
        return misspelt(typed)
    return Judgement(0.0, replies=replies)


def mark_cloze(question: Cloze, response: Blanks) -> Judgement:
    """Return the share of right gaps."""
    check_length(response.texts, len(question.blanks))
    if not any(text.strip() for text in response.texts):
        raise BadAnswerError("answer-empty")
    pairs = list(zip(question.blanks, response.texts, strict=True))
    beside = surroundings(question.code or "")
    beside += [("", "")] * (len(pairs) - len(beside))
    parts = tuple(
        any(_fills(blank, reading) for reading in readings(text, *around))
        for (blank, text), around in zip(pairs, beside, strict=False)
    )
    wrong = [(gap, *pair) for gap, pair in enumerate(pairs, start=1) if not parts[gap - 1]]
    return Judgement(
        share(parts),
        replies=tuple(reply for _, blank, text in wrong for reply in _replies(blank, text)),
        notes=tuple(note for gap, blank, text in wrong for note in _notes(gap, blank, text)),
        parts=parts,
    )


def misspelt(typed: str) -> Judgement:
    """Return the judgement that asks again and stores nothing."""
    return Judgement(0.0, notes=(Note("close", {"typed": quote(typed)}),), retry=True)


def _fills(blank: Blank, text: str) -> bool:
    text = text.strip()
    if len(text) > _LONGEST:
        raise BadAnswerError("answer-too-long", length=len(text), longest=_LONGEST)
    return bool(text) and any(same_code(text, form) for form in blank.accept)


def _replies(blank: Blank, text: str) -> tuple[Text, ...]:
    return replies_to(blank.near, lambda form: bool(text.strip()) and same_code(text, form))


def _notes(gap: int, blank: Blank, text: str) -> list[Note]:
    """Say so where only upper and lower case differ: Python tells them apart."""
    tokens = [word.casefold() for word in code_tokens(text)]
    for form in blank.accept:
        if tokens and tokens == [word.casefold() for word in code_tokens(form)]:
            return [Note("case-differs", {"gap": str(gap), "typed": quote(text), "form": form})]
    return []
