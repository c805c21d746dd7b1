"""The home screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from prep.model.home import Home
    from prep.ui.words import Words


def home_screen(home: Home, words: Words) -> Iterator[RenderableType]:
    """Yield what is due and the next step."""
    yield Text(words.say("home-today", due=home.due, new=home.new_today), style="strong")
    if home.open_quiz is not None:
        done, total = home.open_quiz
        yield Text(words.say("home-half", done=done, total=total))
    if home.exam is not None:
        yield Text(words.say("home-exam", date=home.exam.isoformat(), days=home.days_to_exam))
    yield Text()
    if home.due or home.new_today or home.open_quiz:
        code = "home-go-on" if home.open_quiz else "home-quiz"
        yield _step("prep quiz", words.say(code))
    else:
        yield _step("prep quiz --new", words.say("home-more", count=home.unseen))
    yield _step("prep quiz --mock", words.say("home-mock"))
    yield _step("prep stats", words.say("home-stats"))
    yield _step("prep --help", words.say("home-help"))


def _step(command: str, what: str) -> Text:
    return Text.assemble((f"{command:<18}", "key"), what)
