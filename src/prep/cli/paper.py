"""What the quiz writes on the terminal between question and answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from prep.model.question import Bug, Matching, Open, TrueFalse
from prep.ui.markup import blocks, inline
from prep.ui.question import option_list
from prep.ui.wrap import item, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType

    from prep.ui.words import Words


class Paper:
    """Prints to one console; a state line is rewritten in place unless the output is plain."""

    def __init__(self, console: Console, words: Words, *, plain: bool) -> None:
        self.console = console
        self.words = words
        self._plain = plain
        self._in_state = False

    def show(self, parts: Iterable[RenderableType]) -> None:
        """Print renderables one under another."""
        self.end_state()
        self.console.print(page(parts))

    def tell(self, code: str, style: str = "quiet", **values: object) -> None:
        """Print one sentence."""
        self.show([Text(self.words.say(code, **values), style=style)])

    def state(self, code: str, chosen: Sequence[int]) -> None:
        """Show what is chosen so far."""
        self._state(self.words.say(code, keys=" ".join(str(at + 1) for at in chosen) or "–"))

    def partners(self, question: Matching, chosen: Sequence[int]) -> None:
        """Show which right sides were given, and for which left side the next one is."""
        pairs = " ".join(
            f"{letter}={at + 1}" for letter, at in zip("ABCDEFGH", chosen, strict=False)
        )
        if len(chosen) < len(question.pairs):
            ask = self.words.say("partner-of", letter="ABCDEFGH"[len(chosen)])
        else:
            ask = self.words.say("enter-confirms")
        self._state(f"{pairs} {ask}".strip())

    def reasons(self, question: TrueFalse | Bug, order: tuple[int, ...]) -> None:
        """Ask why."""
        self.show(
            [
                Text(self.words.say("ask-why"), style="strong"),
                *option_list(question.reasons, order, self.words),
            ]
        )

    def open_prompt(self) -> None:
        """Invite an answer in the learner's own words."""
        self.tell("open-think")

    def checklist(self, question: Open) -> None:
        """Show the model answer and the points to tick."""
        language = self.words.language
        self.show(
            [
                Text(self.words.say("model-answer"), style="strong"),
                *blocks(question.answer[language]),
                Text(),
            ]
        )
        self.tell("tick-points", style="strong")
        for key, point in enumerate(question.points, start=1):
            body = inline(point.text[language])
            if not point.must:
                body.append(f" ({self.words.say('bonus')})", style="quiet")
            self.show([item(f" {key} ", body, "key")])

    def end_state(self) -> None:
        """Leave the state line standing and go to the next line."""
        if self._in_state:
            self._in_state = False
            if not self._plain:
                self.console.file.write("\n")

    def _state(self, text: str) -> None:
        if self._plain:
            self.console.print(page([Text(text)]))
        else:
            # \r and "erase line" rewrite the line in place.
            self.console.file.write(f"\r\x1b[2K{text} ")
            self.console.file.flush()
        self._in_state = True
