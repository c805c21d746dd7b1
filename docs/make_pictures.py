"""Draw docs/quiz.svg and docs/quiz.zh.svg: one question of a quiz, asked and answered.

`python docs/make_pictures.py` writes them; tests/test_docs.py fails when they are out of date.
"""

from __future__ import annotations

import inspect
import io
import re
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.rule import Rule
from rich.text import Text as Line

from prep.app.quiz import Quiz
from prep.app.realise import Bank
from prep.app.settings import Settings
from prep.bank.opening import open_index
from prep.cli.places import shipped
from prep.core.keys import key_response
from prep.model.session import Item, QuizOptions, Session
from prep.model.text import LANGUAGES, Language
from prep.store import Store
from prep.ui.console import make_console
from prep.ui.feedback import feedback_screen
from prep.ui.question import question_screen
from prep.ui.words import Words
from prep.ui.wrap import page

if TYPE_CHECKING:
    from prep.model.quiz import Outcome

QUESTION = "metrics-auc-close-to-zero"
SEED = 5
FIRST = datetime(2026, 11, 2, 19, tzinfo=UTC)
AGAIN = FIRST + timedelta(days=4)
WIDTH = 92
FILES: dict[Language, str] = {"en": "quiz.svg", "zh": "quiz.zh.svg"}
# Readers' machines have their own monospaced fonts; none is fetched.
_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
_FORMAT = inspect.signature(Console.export_svg).parameters["code_format"].default


class FixedOutside:
    """A clock that stands still, and chance that is none."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._numbers = count(1)

    def now(self) -> datetime:
        """Return the time."""
        return self._at

    def offset(self) -> int:
        """Return the zone: UTC."""
        return 0

    def uid(self) -> str:
        """Return another name each time."""
        return f"{self._at:%Y%m%d}-{next(self._numbers)}"

    def seed(self) -> int:
        """Return the seed."""
        return SEED


def answered_twice(folder: Path) -> Outcome:
    """Answer the question, and again some days later; return the second outcome."""
    index, findings = open_index(shipped("questions"), folder / "cache")
    if index is None:
        raise RuntimeError(findings)
    with Store.open(folder / "progress.sqlite3") as store:
        _answered(Bank(index), store, FIRST)
        return _answered(Bank(index), store, AGAIN)


def _answered(bank: Bank, store: Store, at: datetime) -> Outcome:
    outside = FixedOutside(at)
    item = Item(question=QUESTION, seed=SEED, why="due" if at == AGAIN else "new")
    session = Session(
        id=outside.uid(), options=QuizOptions(), day=at.date(), started=at, queue=(item,), total=20
    )
    quiz = Quiz(session, bank=bank, store=store, outside=outside, settings=Settings())
    shown = quiz.current()
    if shown is None:
        raise RuntimeError(QUESTION)
    return quiz.answer(shown, key_response(shown.question), 14_000)


def picture(outcome: Outcome, language: Language) -> str:
    """Return the screen as SVG."""
    words = Words(language)
    console: Console = make_console(io.StringIO(), plain=False, width=WIDTH)
    console.record = True
    screen = [
        Line("$ prep quiz" + (" --lang zh" if language == "zh" else ""), style="strong"),
        Rule(style="quiet"),
        *question_screen(outcome.shown, words),
        Line(),
        *feedback_screen(outcome, words),
        Line(words.say("after-keys"), style="quiet"),
    ]
    console.print(page(screen))
    code_format = _FONTS.sub("", _FORMAT)
    return console.export_svg(title="prep quiz", code_format=code_format, unique_id="quiz")


def pictures() -> dict[str, str]:
    """Return the pictures by file name."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = answered_twice(Path(folder))
    return {FILES[language]: picture(outcome, language) for language in LANGUAGES}


def main() -> None:
    """Write the pictures beside this file."""
    for name, svg in pictures().items():
        (Path(__file__).parent / name).write_text(svg, encoding="utf-8")
        print(f"docs/{name}: {len(svg)} bytes")


if __name__ == "__main__":
    main()
