"""The home screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.home import Home
    from prep.ui.words import Words

_GAP = 1


def home_screen(home: Home, words: Words) -> Iterator[RenderableType]:
    """Yield what is due and the next step."""
    yield Text(words.say("home-today", due=home.due, new=home.new_today), style="strong")
    if home.open_quiz is not None:
        done, total = home.open_quiz
        yield Text(words.say("home-half", done=done, total=total))
    if home.exam is not None:
        yield Text(words.say("home-exam", date=home.exam.isoformat(), days=home.days_to_exam))
    yield Text()
    steps = list(_steps(home, words))
    wide = max(len(command) for command, _ in steps) + _GAP
    for command, what in steps:
        yield item(f"{command:<{wide}}", Text(what), "key")


def _steps(home: Home, words: Words) -> Iterator[tuple[str, str]]:
    if home.due or home.new_today or home.open_quiz:
        code = "home-go-on" if home.open_quiz else "home-quiz"
        yield "prep quiz", words.say(code)
    else:
        yield "prep quiz --new", words.say("home-more", count=home.unseen)
    if home.half is not None:
        command = "grade" if home.half.here else "start"
        yield f"prep {command} {home.half.exercise}", words.say("home-exercise-half")
    if home.again is not None:
        command = "reset" if home.again.here else "start"
        what = words.say("home-exercise-due", count=home.due_exercises)
        yield f"prep {command} {home.again.exercise}", what
    yield "prep quiz --mock", words.say("home-mock")
    yield "prep stats", words.say("home-stats")
    yield "prep --help", words.say("home-help")
