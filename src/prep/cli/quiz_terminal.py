"""A quiz on a real terminal."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from rich.rule import Rule
from rich.text import Text

from prep.cli.keys import ENTER, TimeUpError, open_keys
from prep.cli.leaving import leave_cleanly_when_killed
from prep.ui.question import question_screen

if TYPE_CHECKING:
    from prep.app.quiz import Quiz
    from prep.cli.asking import Asker, Command
    from prep.cli.context import Context
    from prep.cli.keys import Keys
    from prep.cli.paper import Paper
    from prep.model.quiz import Outcome, Shown
    from prep.model.response import Response


def run_on_terminal(quiz: Quiz, context: Context) -> int:
    """Ask until the quiz is over or the learner leaves; return the exit code."""
    if quiz.current() is None:
        return _nothing(quiz, context)
    leave_cleanly_when_killed()
    with open_keys() as keys:
        return TerminalQuiz(quiz, context, keys).run()


def _nothing(quiz: Quiz, context: Context) -> int:
    codes = {"new": "nothing-new", "missed": "nothing-missed"}
    sentence = context.words.say(codes.get(quiz.session.options.mode, "nothing-due"))
    context.out.print(Text(sentence))
    return 0


class TerminalQuiz:
    """The loop of question, answer, feedback."""

    def __init__(self, quiz: Quiz, context: Context, keys: Keys) -> None:
        from prep.cli.asking import Asker  # noqa: PLC0415 - the parts that a quiz alone needs
        from prep.cli.paper import Paper  # noqa: PLC0415

        self._quiz = quiz
        self._context = context
        self._keys = keys
        self._words = context.words
        self._paper: Paper = Paper(context.out, context.words, plain=context.plain)
        self._asker: Asker = Asker(keys, self._paper, self._seconds_left)

    def run(self) -> int:
        """Ask question after question."""
        if self._quiz.session.given:
            done, total = self._quiz.done, self._quiz.session.total
            self._paper.tell("resumed", done=done, total=total)
        try:
            return self._ask_all()
        except (TimeUpError, EOFError) as end:
            return self._finish() if isinstance(end, TimeUpError) else self._leave()

    def _ask_all(self) -> int:
        while (shown := self._quiz.current()) is not None:
            self._show(shown)
            _warm_up()
            if not self._until_answered(shown):
                return self._leave()
        return self._finish()

    def _show(self, shown: Shown) -> None:
        self._keys.forget()
        self._paper.show([self._rule(), *question_screen(shown, self._words)])
        left = self._seconds_left()
        if left is not None:
            self._paper.tell("time-left", minutes=f"{left / 60:.1f}")

    def _rule(self) -> Rule | Text:
        return Text() if self._context.plain else Rule(style="quiet")

    def _until_answered(self, shown: Shown) -> bool:
        """Ask one question until it is answered, skipped or left; False to leave the quiz."""
        from prep.cli.asking import Command  # noqa: PLC0415
        from prep.core.bad_answer import BadAnswerError  # noqa: PLC0415

        started = time.monotonic()
        while True:
            given = self._asker.ask(shown)
            if isinstance(given, Command):
                if given.name == "quit":
                    return False
                if self._command(given, shown):
                    return True
                continue
            try:
                outcome = self._answered(shown, given, started)
            except BadAnswerError as error:
                self._paper.show([Text(self._words.error(error), style="partly")])
                continue
            if outcome is None:
                continue
            return self._after(outcome)

    def _answered(self, shown: Shown, response: Response, started: float) -> Outcome | None:
        """Store the answer; None when it is to be typed again."""
        duration = int((time.monotonic() - started) * 1000)
        outcome = self._quiz.answer(shown, response, duration)
        if outcome.judgement.retry:
            self._paper.tell("retry", style="partly")
            return None
        return outcome

    def _command(self, command: Command, shown: Shown) -> bool:
        """Do what a key asks for; True when another question follows."""
        match command.name:
            case "hint":
                self._hint(shown)
            case "skip":
                skipped = self._quiz.skip()
                self._paper.tell("skipped" if skipped else "skip-only")
                return skipped
            case "undo":
                undone = self._quiz.undo()
                self._paper.tell("undone" if undone else "nothing-to-undo")
                return undone
            case "suspend":
                self._suspend(shown)
                return True
            case "report":
                self._report(shown, None)
            case _:
                self._paper.tell("keys-question")
        return False

    def _hint(self, shown: Shown) -> None:
        from prep.app.hints import hint  # noqa: PLC0415 - not every quiz asks for one

        self._quiz.take_hint()
        nudge = hint(shown, self._words.language)
        text = nudge if isinstance(nudge, str) else self._words.note(nudge)
        self._paper.show([Text(f"{self._words.label('hint')}{text}", style="partly")])

    def _suspend(self, shown: Shown) -> None:
        self._quiz.suspend(shown.item)
        self._paper.tell("suspended", id=shown.item.question)

    def _report(self, shown: Shown, outcome: Outcome | None) -> None:
        from prep.ui.report import report_text  # noqa: PLC0415

        self._paper.tell("report-title", style="strong")
        self._paper.console.print(report_text(shown, outcome, self._words), soft_wrap=True)

    def _after(self, outcome: Outcome) -> bool:
        """Show the feedback and wait for the next key; False to leave the quiz."""
        if self._quiz.session.options.mode == "mock":
            self._paper.tell("mock-stored")
            return True
        from prep.ui.feedback import feedback_screen  # noqa: PLC0415 - see answer()

        self._keys.forget()
        self._paper.show([Text(), *feedback_screen(outcome, self._words)])
        self._paper.tell("after-keys")
        while True:
            key = self._asker.key().lower()
            if key in {ENTER, " "}:
                return True
            if key == "q":
                return False
            if self._remark(key, outcome):
                return True

    def _remark(self, key: str, outcome: Outcome) -> bool:
        """Act on a key after the feedback; True when the next question follows."""
        match key:
            case "u":
                self._quiz.undo()
                self._paper.tell("undone")
                return True
            case "o":
                self._override(outcome)
            case "g" | "e":
                self._rerate(key, outcome)
            case "x":
                self._suspend(outcome.shown)
                return True
            case "r":
                self._report(outcome.shown, outcome)
            case "?":
                self._paper.tell("keys-after")
            case _:
                pass
        return False

    def _override(self, outcome: Outcome) -> None:
        if outcome.judgement.right:
            self._paper.tell("already-right")
            return
        self._quiz.remark("override")
        self._paper.tell("overridden")

    def _rerate(self, key: str, outcome: Outcome) -> None:
        if not outcome.judgement.right or self._quiz.exam_like:
            self._paper.tell("not-right")
            return
        card = self._quiz.remark("guess" if key == "g" else "easy")
        date = card.memory.due.isoformat() if card.memory else "–"
        self._paper.tell("guessed" if key == "g" else "easy-noted", date=date)

    def _seconds_left(self) -> float | None:
        """Return the seconds to the end of a mock exam; None without one."""
        left = self._quiz.seconds_left()
        if left is not None and left <= 0:
            raise TimeUpError
        return left

    def _finish(self) -> int:
        from prep.app.results import results  # noqa: PLC0415 - at the end only
        from prep.app.ties import exercises_for  # noqa: PLC0415
        from prep.cli.places import shipped  # noqa: PLC0415
        from prep.ui.summary import practise_lines, summary_screen  # noqa: PLC0415

        if self._quiz.session.queue:
            self._paper.tell("time-up", style="partly")
        outcome = results(self._quiz, self._context.store)
        practise = practise_lines(exercises_for(self._quiz, shipped("exercises")), self._words)
        self._quiz.end()
        self._paper.show([self._rule(), *summary_screen(outcome, self._words), *practise])
        return 0

    def _leave(self) -> int:
        code = "quit-mock" if self._quiz.session.options.mode == "mock" else "quit"
        self._paper.tell(code, done=self._quiz.done, total=self._quiz.session.total)
        return 0


def _warm_up() -> None:
    """Load what an answer needs while the learner reads, and let the collector run again."""
    import prep.app.entries  # noqa: PLC0415
    import prep.core.judge  # noqa: PLC0415
    import prep.core.schedule  # noqa: PLC0415
    import prep.ui.feedback  # noqa: F401, PLC0415

    gc.enable()
