"""Exercises: the list, the hints, our solution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from prep.ui.markup import blocks, code_block, inline
from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.practice import ExerciseRow, Hints, Standing
    from prep.ui.words import Words

_STYLES = {"passed": "right", "due": "partly", "failing": "partly"}


def exercise_lines(
    rows: Sequence[ExerciseRow], words: Words, *, hunts: bool = False
) -> Iterator[RenderableType]:
    """Yield each exercise: id, title, facts, how the learner stands, its one sentence, her file.

    `hunts` says that they are bug hunts, all of them.
    """
    if not rows:
        yield Text(words.say("exercises-none"))
        return
    for row in rows:
        exercise, standing = row.exercise, row.standing
        head = Text(exercise.id, style="key")
        head.append(f"  {exercise.title[words.language]}", style="strong")
        facts = words.say("exercise-facts", level=exercise.level, minutes=exercise.minutes)
        head.append(f"  {facts} · ", style="quiet")
        yield head.append(standing_words(standing, words), _STYLES.get(standing.state, "quiet"))
        yield item(" ", inline(exercise.summary[words.language]))
        if row.file is not None:
            yield item(" ", Text(row.file, style="quiet"))
    yield Text(words.say("hunts-next" if hunts else "exercises-next"), style="quiet")


def exercises_view(rows: Sequence[ExerciseRow], words: Words) -> dict[str, Any]:
    """Return the exercises as plain data."""
    return {"schema": 1, "exercises": [_row_view(row, words) for row in rows]}


def standing_words(standing: Standing, words: Words) -> str:
    """Return how the learner stands with an exercise."""
    said = words.say(
        f"state-{standing.state}",
        best=percent(standing.best or 0.0),
        date=standing.due.isoformat() if standing.due else "",
    )
    again = standing.under_way and standing.state in {"passed", "due"}
    return f"{said} · {words.say('begun-again')}" if again else said


def percent(share: float) -> str:
    """Return a share as whole percents; only what is complete is 100%."""
    return f"{int(share * 100 + 1e-9)}%"


def hint_lines(name: str, hints: Hints, words: Words) -> Iterator[RenderableType]:
    """Yield the hints to show and what comes next."""
    if hints.again:
        yield Text(words.say("hints-again"), style="quiet")
    for number, text in hints.shown:
        yield Text(words.say("hint-head", number=number, total=hints.total), style="strong")
        yield from blocks(text[words.language])
    last = hints.shown[-1][0] == hints.total
    yield Text(words.say("hints-end" if last else "hints-next", id=name), style="quiet")


def hints_view(name: str, hints: Hints, words: Words) -> dict[str, Any]:
    """Return the hints to show as plain data."""
    shown = [{"number": number, "text": text[words.language]} for number, text in hints.shown]
    return {
        "schema": 1,
        "exercise": name,
        "hints": shown,
        "total": hints.total,
        "again": hints.again,
    }


def reference_lines(
    name: str, code: str, words: Words, *, given_up: bool
) -> Iterator[RenderableType]:
    """Yield our solution; whoever gave up is told how to begin again."""
    yield code_block(code)
    if given_up:
        yield Text()
        yield Text(words.say("given-up-next", id=name), style="quiet")


def _row_view(row: ExerciseRow, words: Words) -> dict[str, Any]:
    exercise, standing, language = row.exercise, row.standing, words.language
    return {
        "id": exercise.id,
        "title": exercise.title[language],
        "summary": exercise.summary[language],
        "topic": exercise.topic,
        "level": exercise.level,
        "minutes": exercise.minutes,
        "extra": exercise.extra,
        "checks": [check.title[language] for check in exercise.checks],
        "state": standing.state,
        "attempts": standing.attempts,
        "best": standing.best,
        "due": standing.due.isoformat() if standing.due else None,
        "under_way": standing.under_way,
        "file": row.file,
    }
