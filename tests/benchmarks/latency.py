"""Time of one answer with 10,000 questions and 100,000 stored reviews, beside one disk sync.

`python -m tests.benchmarks.latency [--questions N] [--reviews N] [--answers N]`. Measured on
the quiz's own objects with its real screens rendered: from the answer's key to the feedback
on the terminal, and from the continue key to the next question. Targets: each median under
10 ms plus one sync, the worst of 1,000 under 60 ms.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prep.app.quiz import Quiz
from prep.app.realise import Bank
from prep.app.settings import Settings
from prep.app.start import start_quiz
from prep.bank.index import Index
from prep.bank.opening import open_index
from prep.core.keys import key_response
from prep.model.review import LogEntry, Rating
from prep.model.session import QuizOptions
from prep.store import Store
from prep.ui.console import make_console
from prep.ui.feedback import feedback_screen
from prep.ui.question import question_screen
from prep.ui.words import Words
from prep.ui.wrap import page
from tests.benchmarks.big_bank import write_big_bank

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class FixedOutside:
    """A clock that moves a second per look, and seeds that count."""

    def __init__(self, at: datetime) -> None:
        self._at, self._seed = at, 0

    def now(self) -> datetime:
        """Return a later time than the last."""
        self._at += timedelta(seconds=1)
        return self._at

    def offset(self) -> int:
        """Return UTC."""
        return 0

    def uid(self) -> str:
        """Return random bits."""
        return os.urandom(16).hex()

    def seed(self) -> int:
        """Return the next number."""
        self._seed += 1
        return self._seed


def fill(store: Store, index: Index, reviews: int) -> None:
    """Import a history in which every card was answered, as many times as it takes."""
    questions = index.entries
    rounds = -(-reviews // len(questions))
    lines = []
    for number in range(reviews):
        entry, turn = questions[number % len(questions)], number // len(questions)
        day = START.date() + timedelta(days=turn * 300 // rounds)
        at = datetime.combine(day, START.time(), UTC) + timedelta(seconds=number % 40000)
        lines.append(_entry(entry.id, entry.meaning, at, day, number))
    # Straight into the log: importing 100,000 lines is not what is measured here.
    from prep.store import sql
    from prep.store.rows import entry_row

    connection = store._connection
    with sql.transaction(connection):
        for line in lines:
            sql.write(connection, sql.ADD_ENTRY, entry_row(line))
    store.rebuild()


def _entry(question: str, meaning: int, at: datetime, day: date, number: int) -> LogEntry:
    good = number % 7 != 0
    return LogEntry(
        uid=f"{number:032x}", at=at, offset=0, day=day, question=question, revision=1,
        meaning=meaning, seed=number, kind="learn" if number == 0 else "review",
        score=1.0 if good else 0.0, duration_ms=9000, rating=Rating.GOOD if good else Rating.AGAIN,
    )  # fmt: skip


def sync_ms(folder: Path, times: int = 200) -> float:
    """Return the median time of writing and syncing 4 KiB, which is what an answer waits for."""
    found = []
    with (folder / "sync").open("wb") as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def measure(quiz: Quiz, answers: int) -> tuple[list[float], list[float]]:
    """Return milliseconds from key to feedback, and from continue to the next question."""
    console = make_console(io.StringIO(), plain=False, width=80)
    words = Words("en")
    feedback: list[float] = []
    following: list[float] = []
    shown = quiz.current()
    while shown is not None and len(feedback) < answers:
        started = time.perf_counter()
        outcome = quiz.answer(shown, key_response(shown.question), 5000)
        console.print(page(feedback_screen(outcome, words)))
        feedback.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        shown = quiz.current()
        if shown is not None:
            console.print(page(question_screen(shown, words)))
        following.append((time.perf_counter() - started) * 1000)
    return feedback, following


def main() -> None:
    """Build the bank and the history, answer, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_big_bank(home / "bank", options.questions)
        index, findings = open_index(home / "bank", home / "cache")
        if index is None:
            raise SystemExit(f"{len(findings)} findings, first {findings[0]}")
        with Store.open(home / "progress.sqlite3") as store:
            fill(store, index, options.reviews)
            outside = FixedOutside(datetime(2026, 11, 22, 12, tzinfo=UTC))
            feedback: list[float] = []
            following: list[float] = []
            while len(feedback) < options.answers:
                quiz = start_quiz(
                    QuizOptions(count=20),
                    bank=Bank(index),
                    store=store,
                    outside=outside,
                    settings=Settings(),
                )
                found = measure(quiz, options.answers - len(feedback))
                feedback += found[0]
                following += found[1]
            sync = sync_ms(home)
    print(f"questions {len(index.entries)}, reviews {options.reviews}, answers {len(feedback)}")
    print(f"one disk sync: median {sync:.2f} ms")
    for name, times in (("key to feedback", feedback), ("continue to next question", following)):
        # Without the first: it loads what later answers have.
        later = times[1:]
        print(f"{name}: median {statistics.median(later):.2f} ms, worst {max(later):.1f} ms")


if __name__ == "__main__":
    main()
