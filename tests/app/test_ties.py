"""From questions to the exercise that trains them, and back."""

from __future__ import annotations

import pytest

from prep.app.ties import exercises_for, questions_for
from prep.errors import UsageError
from prep.exercises.catalog import find_exercise
from tests.app.conftest import take
from tests.making import single, write_exercise


@pytest.fixture
def tied(world, tmp_path):
    """Return a world whose alpha questions train `one`, and the folder of three exercises."""
    alpha = [{**single(f"a{n}", level=n % 3 + 1), "exercise": "one"} for n in range(3)]
    beta = [{**single("b0"), "exercise": "two"}, {**single("b1"), "exercise": "draft"}]
    world.bank({"alpha": alpha, "beta": beta, "gamma": [single(f"g{n}") for n in range(3)]})
    root = tmp_path / "exercises"
    write_exercise(root, "one")
    write_exercise(root, "two")
    write_exercise(root, "draft", draft="true")
    write_exercise(root, "three", topic="gamma", level="1")
    return world, root


def practised(tied, topics, rights):
    world, root = tied
    quiz = world.quiz(topics=topics, mode="cram", count=len(rights))
    take(quiz, rights)
    return [exercise.id for exercise in exercises_for(quiz, root)]


def test_what_was_missed_leads_to_its_exercise(tied):
    assert practised(tied, ("alpha",), [False, True, True]) == ["one"]
    assert practised(tied, ("alpha",), [True, True, True]) == []


def test_the_exercise_most_needed_comes_first_and_drafts_never(tied):
    assert practised(tied, ("alpha", "beta"), [False] * 5) == ["one", "two"]


def test_a_weak_topic_without_links_leads_to_an_exercise_of_the_topic(tied):
    assert practised(tied, ("gamma",), [False, False, True]) == ["three"]
    assert practised(tied, ("gamma",), [False, True, True]) == []


def test_an_exercise_leads_to_its_questions_the_easiest_first(tied):
    world, root = tied
    one, three = (find_exercise(root, name).exercise for name in ("one", "three"))
    assert questions_for(world.shown.index, one) == ["a0", "a1", "a2"]
    assert questions_for(world.shown.index, three) == []


def test_questions_that_say_what_a_failed_check_teaches_come_first(tied):
    world, root = tied
    about = {"en": "Padding must be masked.", "zh": "要遮住填充。"}
    write_exercise(root, "four", checks=[{"name": "test_f", "title": "f", "teaches": about}])
    four = find_exercise(root, "four").exercise
    ask = [{**single(f"q{n}"), "exercise": "four"} for n in range(4)]
    ask[2]["explanation"] = {"en": "Mask what is padded.", "zh": "遮住填充。"}
    world.bank({"alpha": ask})
    assert questions_for(world.shown.index, four, ["test_f"]) == ["q2", "q0", "q1"]


def test_an_exercise_that_no_question_names_is_refused_by_its_name(tied):
    with pytest.raises(UsageError, match="nothing-trains") as refused:
        tied[0].quiz(exercise="bananas")
    assert refused.value.values == {"id": "bananas"}


def test_a_quiz_of_an_exercise_asks_its_questions_only(tied):
    quiz = tied[0].quiz(exercise="one", mode="cram")
    assert sorted(item.question for item in quiz.session.queue) == ["a0", "a1", "a2"]
