"""The text of an issue about a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from prep import __version__

if TYPE_CHECKING:
    from prep.model.quiz import Outcome, Shown
    from prep.ui.words import Words


def report_text(shown: Shown, outcome: Outcome | None, words: Words) -> Text:
    """Return what an author needs to see the same question with the same answer."""
    question = shown.question
    lines = [
        f"question: {question.id}",
        f"revision: {question.revision} (meaning {question.meaning})",
        f"variant seed: {shown.item.seed}",
        f"language: {words.language}",
        f"prep: {__version__}",
    ]
    if outcome is not None:
        answer = msgspec.json.encode(outcome.response).decode()
        lines += [f"answer: {answer}", f"score: {outcome.judgement.score:.2f}"]
    lines.append("what is wrong: ")
    return Text("\n".join(lines))
