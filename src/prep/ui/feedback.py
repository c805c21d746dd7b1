"""What a learner sees after an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from prep.ui.answer_key import RIGHT, WRONG, AnswerKey
from prep.ui.markup import blocks, inline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.quiz import Outcome
    from prep.ui.words import Words


def feedback_screen(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield verdict, reasons, explanation, sources and the way the question comes back."""
    yield verdict(outcome, words)
    yield from remarks(outcome, words)
    yield Text()
    yield from key_screen(outcome, words)
    schedule = comes_back(outcome, words)
    if schedule:
        yield Text(schedule, style="quiet")


def key_screen(outcome: Outcome, words: Words, *, given: bool = True) -> Iterator[RenderableType]:
    """Yield key, reasons, explanation and sources; without what was `given` if nothing was."""
    question = outcome.shown.question
    yield from AnswerKey(outcome, words, given=given).lines()
    yield Text()
    yield from blocks(question.explanation[words.language])
    yield Text()
    for source in question.sources:
        line = inline(f"{words.label('source')}{source.title}", "quiet")
        yield line.append(f" {source.url}", style="quiet link")


def verdict(outcome: Outcome, words: Words) -> Text:
    """Return right, partly right (with the score) or wrong."""
    score = outcome.judgement.score
    if score >= 1:
        return Text(f"{RIGHT} {words.say('right')}", style="right")
    if score > 0:
        return Text(words.say("partly", score=f"{score:.0%}"), style="partly")
    return Text(f"{WRONG} {words.say('wrong')}", style="wrong")


def remarks(outcome: Outcome, words: Words) -> Iterator[RenderableType]:
    """Yield the author's replies to a near miss and the judge's notes."""
    for reply in outcome.judgement.replies:
        yield inline(reply[words.language])
    for note in outcome.judgement.notes:
        yield inline(words.judge_note(note))


def comes_back(outcome: Outcome, words: Words) -> str:
    """Say when the question comes back, and why then."""
    entry, card = outcome.entry, outcome.card
    if entry is None or card is None or card.memory is None or entry.kind in {"mock", "cram"}:
        return words.say("not-scheduled") if entry is not None else ""
    days = (card.memory.due - outcome.day).days
    sentence = words.say("comes-back", date=card.memory.due.isoformat(), days=days)
    if entry.kind == "practice":
        sentence = words.say("comes-back-practice", date=card.memory.due.isoformat(), days=days)
    if outcome.shown.recall is not None and entry.kind == "review":
        sentence += words.gap + words.say("recall-was", recall=f"{outcome.shown.recall:.0%}")
    sentence += words.gap + words.say("recall-then", recall=f"{entry.retention:.0%}")
    if card.leech:
        sentence += words.gap + words.say("leech", lapses=card.memory.lapses)
    return sentence
