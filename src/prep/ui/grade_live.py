"""A grading while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from rich.console import Group
from rich.text import Text

from prep.ui.grade import MARKS, STYLES
from prep.ui.markup import inline

if TYPE_CHECKING:
    from prep.model.exercise import Exercise
    from prep.model.verdict import CheckResult, Outcome
    from prep.ui.words import Words

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TURN = 0.08
_ELSE = 3  # lines of the terminal that must stay free


class Going(Struct):
    """What is known so far: outcomes by name of the check, and the check that runs."""

    exercise: Exercise
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    running: str = ""
    loaded: bool = False
    measuring: bool = False

    def hear(self, news: str | CheckResult) -> None:
        """Take in that a check has begun (its name) or ended (its result)."""
        self.measuring = False
        if isinstance(news, str):
            self.running = news
        else:
            self.outcomes[news.name] = news.outcome
            self.running = ""


def loading_words(exercise: Exercise, words: Words) -> str:
    """Return what is said while libraries are being loaded."""
    names = dict.fromkeys(name.partition(".")[0] for name in exercise.needs)
    return words.say("run-loading", names=", ".join(names))


def check_line(exercise: Exercise, name: str, outcome: Outcome, words: Words) -> Text:
    """Return the line of a check that has ended."""
    line = Text(f"{MARKS[outcome]} ", style=STYLES.get(outcome, "wrong"))
    return line.append_text(inline(_title(exercise, name, words)))


def going_lines(going: Going, words: Words, *, height: int, seconds: float) -> Group:
    """Return one line for each check that has ended, and the one that runs, with a spinner."""
    lines = [
        _one_line(check_line(going.exercise, name, outcome, words))
        for name, outcome in going.outcomes.items()
    ]
    lines.append(_one_line(_now(going, words, seconds)))
    return Group(*lines[-max(1, height - _ELSE) :])


def going_line(going: Going, words: Words, *, seconds: float) -> Text:
    """Return all of it as one line: where there is a report above that should stay."""
    line = Text()
    for outcome in going.outcomes.values():
        line.append(MARKS[outcome], style=STYLES.get(outcome, "wrong"))
    line.append(" " if going.outcomes else "")
    return _one_line(line.append_text(_now(going, words, seconds)))


def _now(going: Going, words: Words, seconds: float) -> Text:
    line = Text(f"{_SPINNER[int(seconds / _TURN) % len(_SPINNER)]} ", style="key")
    if going.measuring:
        return line.append(words.say("grade-measuring"), style="quiet")
    if not going.running and not going.outcomes:
        begins = words.say("grade-begins") if going.loaded else loading_words(going.exercise, words)
        return line.append(begins, style="quiet")
    if going.running:
        line.append_text(inline(_title(going.exercise, going.running, words)))
        done, total = len(going.outcomes) + 1, len(going.exercise.checks)
        line.append(f"  {done}/{total}", style="quiet")
    return line


def _title(exercise: Exercise, name: str, words: Words) -> str:
    titles = {check.name: check.title[words.language] for check in exercise.checks}
    return titles.get(name, name)


def _one_line(line: Text) -> Text:
    line.no_wrap, line.overflow = True, "ellipsis"
    return line
