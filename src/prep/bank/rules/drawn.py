"""Rules on where the key comes from: written in the file, or drawn by a generator of the twin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prep.model.question import Drawable, Numeric, Output, Shape, Single
from prep.model.text import LANGUAGES

if TYPE_CHECKING:
    from prep.bank.load import Loaded
    from prep.bank.places import Findings

_MIN_MISTAKES = 2
_ANSWER = re.compile(r"\$(answer\b|\{answer\})")


def check_drawn(loaded: Loaded, question: Drawable, findings: Findings) -> None:
    """Add what is wrong between the key, the generator and the mistakes."""
    written = question.options if isinstance(question, Single) else _value(question)
    if question.computed is None:
        if question.mistakes:
            findings.add(loaded.place("mistakes"), "not-computed", keys="mistakes")
        if written is None:
            findings.add(loaded.place(), "key-missing", keys="value, computed")
        return
    if written not in {None, ()}:
        findings.add(loaded.place("computed"), "two-keys", keys="computed, value / options")
    if isinstance(question, Single) and (question.option is None or question.right is None):
        findings.add(loaded.place("computed"), "key-missing", keys="option, right")
    option = question.option if isinstance(question, Single) else None
    if option is not None and not all(_ANSWER.search(option[each]) for each in LANGUAGES):
        findings.add(loaded.place("option"), "option-without-answer")
    if len(question.mistakes) < (_MIN_MISTAKES if isinstance(question, Single) else 1):
        findings.add(loaded.place("computed"), "mistakes-missing")
    if question.computed not in loaded.generators:
        twin = loaded.file.twin.name
        findings.add(loaded.place("computed"), "no-generator", name=question.computed, file=twin)


def _value(question: Drawable) -> object:
    return question.value if isinstance(question, Numeric | Output | Shape) else None
