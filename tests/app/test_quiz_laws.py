"""Laws of a quiz, whatever the learner does."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.app.conftest import World, answer


class Learner(RuleBasedStateMachine):
    """Answers, takes back, skips, suspends, leaves and comes back on any day."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.quiz = self.world.quiz(count=5, new=4)
        self.confirmed = []

    def teardown(self):
        self.world.store.close()
        self.folder.cleanup()

    @rule(right=st.booleans())
    def answer(self, right):
        if self.quiz.current() is None:
            self.quiz.end()
            self.quiz = self.world.quiz(count=5, new=4)
        if self.quiz.current() is not None:
            self.world.outside.pass_time(minutes=1)
            self.confirmed.append(answer(self.quiz, right=right).entry.uid)

    @rule()
    def undo(self):
        before = self.quiz.session.given
        assert self.quiz.undo() == bool(before)
        assert len(self.quiz.session.given) == max(0, len(before) - 1)

    @precondition(lambda self: self.quiz.session.given)
    @rule(kind=st.sampled_from(["override", "guess", "easy"]))
    def remark(self, kind):
        self.quiz.remark(kind)

    @rule()
    def skip(self):
        names = Counter(item.question for item in self.quiz.session.queue)
        self.quiz.skip()
        assert Counter(item.question for item in self.quiz.session.queue) == names

    @rule()
    def suspend(self):
        shown = self.quiz.current()
        if shown is not None:
            self.quiz.suspend(shown.item)
            assert shown.item.question not in [i.question for i in self.quiz.session.queue]

    @rule()
    def restart(self):
        self.world.reopen()
        self.quiz = self.world.quiz(count=5, new=4)

    @rule(days=st.integers(1, 90))
    def sleep(self, days):
        self.world.outside.pass_time(days=days)
        self.restart()

    @invariant()
    def every_confirmed_answer_is_in_the_log(self):
        kept = {entry.uid for entry in self.world.store.log()}
        assert kept >= set(self.confirmed)

    @invariant()
    def no_card_is_scheduled_twice_on_a_day(self):
        gone = {entry.target for entry in self.world.store.log() if entry.kind == "undo"}
        moves = Counter(
            (entry.question, entry.day)
            for entry in self.world.store.log()
            if entry.kind in {"learn", "review"} and entry.uid not in gone
        )
        assert not [place for place, times in moves.items() if times > 1]

    @invariant()
    def the_counts_of_the_screen_make_sense(self):
        shown = self.quiz.current()
        if shown is not None:
            assert 1 <= shown.number <= shown.total
            assert self.quiz.done <= self.quiz.session.total

    @invariant()
    def the_cards_are_the_replay_of_the_log(self):
        assert self.world.store.rebuild() == 0


TestLearner = Learner.TestCase
TestLearner.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
