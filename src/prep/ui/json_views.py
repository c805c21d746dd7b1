"""Questions and outcomes as plain data, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Numeric,
    Open,
    Option,
    Ordering,
    Single,
    TrueFalse,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.model.quiz import Outcome, Shown
    from prep.model.text import Text
    from prep.ui.words import Words


def question_view(shown: Shown, words: Words) -> dict[str, Any]:
    """Return a question as it is asked; nothing in it tells the key."""
    question, language = shown.question, words.language
    view: dict[str, Any] = {
        "id": question.id,
        "revision": question.revision,
        "seed": shown.item.seed,
        "topic": shown.topic_id,
        "level": question.level,
        "question_type": shown.type,
        "why": shown.item.why,
        "prompt": question.prompt[language],
    }
    if shown.total:
        view |= {"number": shown.number, "total": shown.total}
    if shown.recall is not None:
        view["recall"] = round(shown.recall, 4)
    if question.code is not None:
        view["code"] = question.code
    return view | _parts(shown, words)


def _parts(shown: Shown, words: Words) -> dict[str, Any]:  # noqa: PLR0911 - one for each form
    question, language = shown.question, words.language
    match question:
        case Single() | Multiple():
            return {"options": _numbered([o.text for o in question.options], shown.order, words)}
        case TrueFalse() | Bug():
            return {"reasons": _numbered([o.text for o in question.reasons], shown.order, words)}
        case Ordering():
            return {"steps": _numbered([s.text for s in question.steps], shown.order, words)}
        case Matching():
            rights = [*(p.right for p in question.pairs), *(e.text for e in question.extra)]
            lefts = [pair.left[language] for pair in question.pairs]
            return {"lefts": lefts, "rights": _numbered(rights, shown.order, words)}
        case Cloze():
            return {"gaps": len(question.blanks)}
        case Numeric():
            return {"unit": question.unit}
        case Open():
            return {"points": [point.text[language] for point in question.points]}
        case _:
            return {}


def outcome_view(outcome: Outcome, words: Words) -> dict[str, Any]:
    """Return what became of an answer: score, key, reasons, explanation and schedule."""
    question, language = outcome.shown.question, words.language
    judgement, card = outcome.judgement, outcome.card
    view: dict[str, Any] = {
        "id": question.id,
        "score": round(judgement.score, 4),
        "right": judgement.right,
        "notes": [words.judge_note(note) for note in judgement.notes],
        "replies": [reply[language] for reply in judgement.replies],
        "explanation": question.explanation[language],
        "sources": [{"title": s.title, "url": s.url} for s in question.sources],
    }
    options = _options_of(question)
    if options:
        view["options"] = [
            {"number": key, "right": options[at].right, "reason": options[at].reason[language]}
            for key, at in enumerate(outcome.shown.order, start=1)
        ]
    view |= _key(outcome)
    if outcome.entry is not None:
        view["review"] = outcome.entry.kind
    if card is not None and card.memory is not None:
        view["due"] = card.memory.due.isoformat()
    return view


def _options_of(question: object) -> tuple[Option, ...]:
    match question:
        case Single() | Multiple():
            return question.options
        case TrueFalse() | Bug():
            return question.reasons
        case _:
            return ()


def _key(outcome: Outcome) -> dict[str, Any]:  # noqa: PLR0911 - one for each form
    """Return the key of a question without options, in the form in which it is answered."""
    question, order = outcome.shown.question, outcome.shown.order
    match question:
        case TrueFalse():
            return {"key": question.verdict}
        case Bug():
            return {"key": list(question.lines), "fix": question.fix}
        case Ordering():
            return {"key": [order.index(at) + 1 for at in range(len(question.steps))]}
        case Matching():
            return {"key": [order.index(at) + 1 for at in range(len(question.pairs))]}
        case Cloze():
            return {"key": [blank.accept[0] for blank in question.blanks]}
        case Single() | Multiple() | Open():
            return {}
        case _:
            data = msgspec.to_builtins(question)
            return {"key": data.get("value", (data.get("accept") or [None])[0])}


def _numbered(texts: Sequence[Text], order: tuple[int, ...], words: Words) -> list[dict[str, Any]]:
    return [
        {"number": key, "text": texts[at][words.language]} for key, at in enumerate(order, start=1)
    ]
