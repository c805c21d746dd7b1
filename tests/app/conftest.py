"""A learner's world: bank, store and clock, from which quizzes are started."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from prep.app.attempts import record_attempt
from prep.app.practice import Desk
from prep.app.realise import Bank
from prep.app.settings import Settings
from prep.app.start import start_quiz
from prep.core.keys import key_response
from prep.model.response import Picks
from prep.model.session import QuizOptions
from prep.store import Store
from tests.making import Outside, index_of, report_of, single, write_bank, write_exercise


class World:
    """One learner; `bank()` and `reopen()` change what she has."""

    def __init__(self, folder):
        self.folder = folder
        self.outside = Outside()
        self.settings = Settings()
        self.store = Store.open(folder / "progress.sqlite3")
        self.banks = 0
        self.bank({"alpha": [single(f"a{n}") for n in range(6)],
                   "beta": [single(f"b{n}") for n in range(6)]})  # fmt: skip

    def bank(self, topics, *, trusted=True):
        self.banks += 1
        root = write_bank(self.folder / f"bank{self.banks}", topics)
        self.use(root, trusted=trusted)

    def use(self, root, *, trusted=True):
        self.shown = Bank(index_of(root, self.folder / "cache"), trusted=trusted)

    def quiz(self, **options):
        return start_quiz(
            QuizOptions(**options), bank=self.shown, store=self.store, outside=self.outside,
            settings=self.settings,
        )  # fmt: skip

    def set(self, **settings):
        self.settings = replace(self.settings, **settings)

    def reopen(self):
        self.store.close()
        self.store = Store.open(self.folder / "progress.sqlite3")

    def log(self):
        return [(entry.kind, entry.question) for entry in self.store.log()]

    def card(self, question):
        return self.store.card(question, self.shown.entry(question).meaning)


@pytest.fixture
def world(tmp_path):
    """Return a learner with an empty store and a bank of two topics with six questions each."""
    made = World(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Return the desk of a learner in an empty folder, with the exercises `one` and `two`."""
    root = tmp_path / "exercises"
    for name in ("one", "two"):
        write_exercise(root, name)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with Store.open(tmp_path / "home" / "progress.sqlite3") as store:
        yield Desk(root, store, Outside(), Settings())


def attempt(desk, name="one", verdict="passed", sha="a"):
    """Store a grading of this moment; one minute passes."""
    desk.outside.pass_time(minutes=1)
    return record_attempt(desk.store, desk.outside, report_of(name, verdict, sha))


def answer(quiz, *, right=True, ms=60_000):
    """Answer the current question; return the outcome."""
    shown = quiz.current()
    response = key_response(shown.question) if right else Picks((2,))
    return quiz.answer(shown, response, ms)


def asked(quiz):
    """Return the ids that are still to ask."""
    return [item.question for item in quiz.session.queue]


def take(quiz, rights):
    """Answer with the given rights and wrongs; return the ids in the order they were asked."""
    names = []
    for right in rights:
        names.append(quiz.current().item.question)
        answer(quiz, right=right)
    return names


def take_all(quiz):
    """Answer everything right; return the ids in the order they were asked."""
    names = []
    while (shown := quiz.current()) is not None:
        names.append(shown.item.question)
        answer(quiz)
    return names
