"""What a quiz came to."""

from __future__ import annotations

import pytest

from prep.app.results import results
from tests.app.conftest import answer, take


def test_a_question_counts_with_its_first_answer(world):
    quiz = world.quiz(count=1)
    take(quiz, [False, True])
    score = results(quiz, world.store).score
    assert (score.asked, score.points) == (1, 0.0)
    assert score.guess == pytest.approx(1 / 3)


def test_what_was_not_answered_counts_in_an_exam_only(world):
    for mode, unanswered in (("cram", 0), ("mock", 3)):
        quiz = world.quiz(count=4, mode=mode)
        answer(quiz)
        found = results(quiz, world.store)
        assert (found.unanswered, found.score.asked) == (unanswered, 1 + unanswered)
        assert found.score.points == 1.0


def test_an_exam_is_scored_by_topic_and_shows_what_was_missed(world):
    quiz = world.quiz(count=4, mode="mock")
    names = take(quiz, [False, True, True, True])
    found = results(quiz, world.store)
    assert [outcome.shown.question.id for outcome in found.missed] == names[:1]
    assert sum(score.points for _, score in found.topics) == 3.0
    assert [name.en for name, _ in found.topics] == ["alpha", "beta"]


def test_an_override_counts_as_right(world):
    quiz = world.quiz(count=2)
    answer(quiz, right=False)
    quiz.remark("override")
    assert results(quiz, world.store).score.points == 1.0


def test_an_answer_that_was_taken_back_does_not_count(world):
    quiz = world.quiz(count=2)
    answer(quiz)
    quiz.undo()
    assert results(quiz, world.store).score.asked == 0


def test_what_is_due_tomorrow_is_counted(world):
    quiz = world.quiz(count=2)
    take(quiz, [False, True, False])
    assert results(quiz, world.store).due_tomorrow == 1


def test_an_empty_quiz_has_an_empty_result(world):
    quiz = world.quiz(mode="missed")
    found = results(quiz, world.store)
    assert (found.score.asked, found.topics, found.missed) == (0, [], [])
