"""The statistics as plain data, for scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from prep.model.statistics import Exam, Group, Stats
    from prep.ui.words import Words


def stats_view(stats: Stats, words: Words) -> dict[str, Any]:
    """Return all numbers; shares are 0…1, `known` is corrected for guessing."""
    today = stats.today
    return {
        "schema": 1,
        "today": today.isoformat(),
        "answers": stats.answers,
        "seen": stats.seen,
        "questions": stats.questions,
        "days": {day.isoformat(): count for day, count in stats.days.items()},
        "streak": msgspec.to_builtins(stats.streak),
        "recall": msgspec.to_builtins(stats.calibration),
        "topics": [_group(group, words) for group in stats.topics],
        "levels": [_group(group, words) for group in stats.levels],
        "weakest": [{**_group(group, words), "topic": group.topic} for group in stats.weakest],
        "due": {
            (today + timedelta(days=ahead)).isoformat(): count
            for ahead, count in enumerate(stats.forecast)
        },
        "suspended": stats.suspended,
        "leeches": stats.leeches,
        "exercises": msgspec.to_builtins(stats.exercises),
        "exam": None if stats.exam is None else _exam(stats.exam),
    }


def _group(group: Group, words: Words) -> dict[str, Any]:
    name = {} if group.name is None else {"name": group.name[words.language]}
    mastery = group.mastery
    numbers = {"answers": mastery.answers, "score": mastery.score, "known": mastery.known}
    return {"id": group.id, **name, **numbers}


def _exam(exam: Exam) -> dict[str, Any]:
    return {
        "date": exam.day.isoformat(),
        "reviews_a_day": exam.load.average,
        "most_reviews_a_day": exam.load.most,
        "days": list(exam.load.days),
        "new_a_day": exam.new,
        "unseen": exam.unseen,
        "retention": {
            "base": exam.base,
            "today": exam.wanted,
            "eve": exam.highest,
            "rises": exam.rises.isoformat(),
        },
        "capped_from": exam.looks.isoformat(),
    }
