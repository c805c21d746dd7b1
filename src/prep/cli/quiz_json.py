"""A quiz as JSON lines: questions out, answers in, for scripts and other front ends.

Out: {"type": "question" | "feedback" | "error" | "done" | "noted", …}. In: {"answer": …}
with the numbers of the screen, or {"command": "skip" | "undo" | …}. docs/architecture.md
shows every form.
"""

from __future__ import annotations

import gc
import json
import time
from typing import IO, TYPE_CHECKING, Any

from prep.cli.json_answers import read_answer
from prep.core.bad_answer import BadAnswerError
from prep.errors import UsageError
from prep.ui.json_views import outcome_view, question_view

if TYPE_CHECKING:
    from prep.app.quiz import Quiz
    from prep.cli.context import Context
    from prep.model.quiz import Shown


class JsonQuiz:
    """Reads from `source`, writes to `sink`; the end of the input leaves the quiz resumable."""

    def __init__(self, quiz: Quiz, context: Context, source: IO[str], sink: IO[str]) -> None:
        self._quiz = quiz
        self._context = context
        self._words = context.words
        self._source = source
        self._sink = sink

    def run(self) -> int:
        """Ask until there is nothing left or nobody answers."""
        gc.enable()
        while (shown := self._quiz.current()) is not None:
            left = self._quiz.seconds_left()
            if left is not None and left <= 0:
                break
            self._say("question", **question_view(shown, self._words))
            if not self._until_answered(shown):
                return 0
        self._finish()
        return 0

    def _until_answered(self, shown: Shown) -> bool:
        """Read lines until one moves the quiz on; False at the end of the input."""
        started = time.monotonic()
        for line in iter(self._source.readline, ""):
            if not line.strip():
                continue
            try:
                command, answer = _parsed(line)
                if command == "quit":
                    return False
                moved = (
                    self._command(command, shown)
                    if command
                    else self._answer(shown, answer, int((time.monotonic() - started) * 1000))
                )
            except (BadAnswerError, UsageError) as error:
                self._say("error", code=error.code, message=self._words.error(error))
                self._say("question", **question_view(shown, self._words))
                continue
            if moved:
                return True
        return False

    def _answer(self, shown: Shown, answer: Any, duration_ms: int) -> bool:  # noqa: ANN401 - JSON
        response = read_answer(shown.question, shown.order, answer)
        outcome = self._quiz.answer(shown, response, duration_ms)
        if outcome.judgement.retry:
            notes = [self._words.judge_note(note) for note in outcome.judgement.notes]
            self._say("retry", notes=notes)
            self._say("question", **question_view(shown, self._words))
            return False
        if self._quiz.session.options.mode == "mock":
            self._say("stored")
        else:
            self._say("feedback", **outcome_view(outcome, self._words))
        return True

    def _command(self, command: str, shown: Shown) -> bool:
        match command:
            case "skip":
                return self._noted(command, done=self._quiz.skip())
            case "undo":
                return self._noted(command, done=self._quiz.undo())
            case "suspend":
                self._quiz.suspend(shown.item)
                return self._noted(command, done=True)
            case "hint":
                self._hint(shown)
            case "override" | "guess" | "easy":
                done = bool(self._quiz.session.given) and not self._quiz.exam_like
                if done:
                    self._quiz.remark(command)
                self._noted(command, done=done)
            case _:
                raise UsageError("no-such-command", name=command)
        return False

    def _hint(self, shown: Shown) -> None:
        from prep.app.hints import hint  # noqa: PLC0415 - not every quiz asks for one

        self._quiz.take_hint()
        nudge = hint(shown, self._words.language)
        self._say("hint", text=nudge if isinstance(nudge, str) else self._words.note(nudge))

    def _noted(self, command: str, *, done: bool) -> bool:
        self._say("noted", command=command, done=done)
        return done

    def _finish(self) -> None:
        from prep.app.results import results  # noqa: PLC0415 - at the end only
        from prep.app.ties import exercises_for  # noqa: PLC0415
        from prep.cli.places import shipped  # noqa: PLC0415

        found = results(self._quiz, self._context.store)
        practise = [exercise.id for exercise in exercises_for(self._quiz, shipped("exercises"))]
        if self._quiz.session.given or self._quiz.session.queue:
            self._quiz.end()
        score = found.score
        self._say(
            "done",
            asked=score.asked,
            points=round(score.points, 4),
            guess=round(score.guess, 4),
            unanswered=found.unanswered,
            topics=[
                {"topic": name[self._words.language], "asked": part.asked,
                 "points": round(part.points, 4), "guess": round(part.guess, 4)}
                for name, part in found.topics
            ],
            missed=[outcome_view(outcome, self._words) for outcome in found.missed],
            practise=practise,
        )  # fmt: skip

    def _say(self, kind: str, /, **values: Any) -> None:  # noqa: ANN401 - any JSON
        self._sink.write(json.dumps({"type": kind, **values}, ensure_ascii=False) + "\n")
        self._sink.flush()


def _parsed(line: str) -> tuple[str, Any]:
    """Return the command of a line, or an empty one and the answer."""
    try:
        data = json.loads(line)
        json.dumps(data, ensure_ascii=False).encode()  # "\\ud800" alone is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise UsageError("line-not-json", got=line.strip()[:60]) from error
    if isinstance(data, dict):
        if set(data) == {"answer"}:
            return "", data["answer"]
        if set(data) == {"command"} and isinstance(data["command"], str):
            return data["command"], None
    raise UsageError("line-without-answer")
