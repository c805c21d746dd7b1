"""From keys to a response: one way of asking for each type of question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from prep.cli.keys import BACKSPACE, ENTER
from prep.model.question import (
    Bug,
    Cloze,
    Matching,
    Multiple,
    Open,
    Ordering,
    Question,
    Single,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Response, Ticks, Typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from prep.cli.keys import Keys
    from prep.cli.paper import Paper
    from prep.model.quiz import Shown

COMMANDS = {
    "h": "hint",
    "s": "skip",
    "u": "undo",
    "x": "suspend",
    "r": "report",
    "q": "quit",
    "?": "keys",
}


class Command(Struct, frozen=True):
    """A key that was not an answer."""

    name: str


class CommandGivenError(Exception):
    """Leaves the asking of a question for a command."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.command = Command(name)


class Asker:
    """Asks for answers on one terminal; `seconds_left` bounds the waiting in a mock exam."""

    def __init__(self, keys: Keys, paper: Paper, seconds_left: Callable[[], float | None]) -> None:
        self._keys = keys
        self._paper = paper
        self._left = seconds_left

    def ask(self, shown: Shown) -> Response | Command:
        """Return the response to a question, or the command that was given instead."""
        try:
            return self._ask(shown.question, shown.order)
        except CommandGivenError as given:
            return given.command

    def _ask(self, question: Question, order: tuple[int, ...]) -> Response:  # noqa: PLR0911 - one per type
        match question:
            case Single():
                return Picks((order[self._choice(len(order))],))
            case Multiple():
                return Picks(tuple(order[at] for at in self._set(len(order))))
            case TrueFalse():
                return Reasoned(int(self._choice(2, "tf") == 0), self._reason(question, order))
            case Bug():
                line = self._line_number(len((question.code or "").splitlines()))
                return Reasoned(line, self._reason(question, order))
            case Ordering():
                return Order(tuple(order[at] for at in self._sequence(len(order))))
            case Matching():
                return Match(tuple(order[at] for at in self._partners(question, len(order))))
            case Cloze():
                gaps = range(1, len(question.blanks) + 1)
                return Blanks(tuple(self._typed(f"__{gap}__ ") for gap in gaps))
            case Open():
                return self._ticks(question)
            case _:
                return Typed(self._typed(""))

    def key(self) -> str:
        """Return the next key of any kind."""
        return self._keys.key(self._left())

    def _answer_key(self) -> str:
        """Return a key that may be an answer; a command's key raises."""
        key = self.key().lower()
        if key in COMMANDS:
            raise CommandGivenError(COMMANDS[key])
        return key

    def _choice(self, count: int, letters: str = "") -> int:
        while True:
            key = self._answer_key()
            if len(key) == 1 and key in letters:
                return letters.index(key)
            at = _digit(key, count)
            if at is not None:
                return at
            self._paper.tell("press-a-key", count=count)

    def _reason(self, question: TrueFalse | Bug, order: tuple[int, ...]) -> int:
        self._paper.reasons(question, order)
        return order[self._choice(len(order))]

    def _set(self, count: int, *, allow_none: bool = False) -> tuple[int, ...]:
        chosen: set[int] = set()
        while True:
            self._paper.state("picked", sorted(chosen))
            key = self._answer_key()
            at = _digit(key, count)
            if at is not None:
                chosen ^= {at}
            elif key == ENTER and (chosen or allow_none):
                self._paper.end_state()
                return tuple(sorted(chosen))
            elif key == ENTER:
                self._paper.tell("pick-one")

    def _sequence(self, count: int) -> tuple[int, ...]:
        chosen: list[int] = []
        while True:
            self._paper.state("ordered", chosen)
            key = self._answer_key()
            at = _digit(key, count)
            if key == BACKSPACE and chosen:
                chosen.pop()
            elif key == ENTER and len(chosen) == count:
                self._paper.end_state()
                return tuple(chosen)
            elif at is not None and at not in chosen:
                chosen.append(at)

    def _partners(self, question: Matching, count: int) -> tuple[int, ...]:
        chosen: list[int] = []
        while True:
            self._paper.partners(question, chosen)
            key = self._answer_key()
            at = _digit(key, count)
            if key == BACKSPACE and chosen:
                chosen.pop()
            elif key == ENTER and len(chosen) == len(question.pairs):
                self._paper.end_state()
                return tuple(chosen)
            elif at is not None and len(chosen) < len(question.pairs):
                chosen.append(at)

    def _ticks(self, question: Open) -> Ticks:
        self._paper.open_prompt()
        while self._answer_key() != ENTER:
            continue
        self._paper.checklist(question)
        return Ticks(self._set(len(question.points), allow_none=True))

    def _line_number(self, count: int) -> int:
        while True:
            text = self._typed(self._paper.words.say("which-line"))
            if text.isdecimal() and 1 <= int(text) <= count:
                return int(text)
            self._paper.tell("line-range", count=count)

    def _typed(self, prompt: str) -> str:
        while True:
            text = self._keys.line(f"{prompt}> ").strip()
            self._left()
            if text.startswith(":") and text[1:].strip().lower()[:1] in COMMANDS:
                raise CommandGivenError(COMMANDS[text[1:].strip().lower()[0]])
            if text == ":" or (text.startswith(":") and not text.startswith("::")):
                self._paper.tell("no-such-key", key=text)
            elif text:
                return text.removeprefix(":") if text.startswith("::") else text


def _digit(key: str, count: int) -> int | None:
    """Return the index of a pressed digit, or None."""
    if len(key) == 1 and key.isdecimal() and 1 <= int(key) <= count:
        return int(key) - 1
    return None
