"""What is due, what is half done."""

from __future__ import annotations

from datetime import timedelta

from prep.app.begin import reset_exercise, start_exercise
from prep.app.home import home
from prep.model.home import Begun
from tests.app.conftest import answer, attempt, take_all
from tests.making import single


def state(world):
    return home(world.shown.index, world.store, world.outside, world.settings)


def test_on_the_first_day_everything_is_new(world):
    found = state(world)
    assert (found.due, found.new_today, found.unseen, found.open_quiz) == (0, 10, 12, None)


def test_new_questions_of_today_are_counted_down(world):
    take_all(world.quiz(count=4))
    assert (state(world).new_today, state(world).unseen) == (6, 8)
    world.set(new=3)
    assert state(world).new_today == 0


def test_a_quiz_that_was_left_is_named(world):
    quiz = world.quiz(count=4)
    assert state(world).open_quiz is None
    answer(quiz)
    assert state(world).open_quiz == (1, 4)
    world.outside.pass_time(days=1)
    assert state(world).open_quiz is None


def test_what_is_due_is_counted_without_what_left_the_bank(world):
    take_all(world.quiz(count=12, new=12))
    world.outside.pass_time(days=100)
    assert state(world).due == 12
    world.bank({"alpha": [single("a0")]})
    assert (state(world).due, state(world).unseen) == (1, 0)


def test_an_exam_is_named_until_its_day(world):
    today = world.quiz().today()
    world.set(exam=today + timedelta(days=5))
    assert (state(world).exam, state(world).days_to_exam) == (world.settings.exam, 5)
    world.set(exam=today)
    assert (state(world).exam, state(world).days_to_exam) == (None, 0)


def exercises(world, desk):
    found = home(world.shown.index, desk.store, desk.outside, desk.settings, ["one", "two"])
    return found.half, found.again, found.due_exercises


def test_no_exercise_is_named_before_one_is_started(world, desk):
    assert exercises(world, desk) == (None, None, 0)


def test_the_exercise_worked_on_last_is_named_until_it_is_passed(world, desk):
    start_exercise(desk, "one", None, "en")
    desk.outside.pass_time(minutes=1)
    start_exercise(desk, "two", None, "en")
    assert exercises(world, desk) == (Begun("two", here=True), None, 0)
    attempt(desk, "one", "failed")
    assert exercises(world, desk)[0] == Begun("one", here=True)
    attempt(desk, "one")
    attempt(desk, "two")
    assert exercises(world, desk) == (None, None, 0)


def test_the_exercise_due_the_longest_is_named_until_it_is_begun_again(world, desk):
    for name in ("two", "one"):
        start_exercise(desk, name, None, "en")
        attempt(desk, name)
        desk.outside.pass_time(days=1)
    desk.outside.pass_time(days=9)
    assert exercises(world, desk) == (None, Begun("two", here=True), 2)
    reset_exercise(desk, "two")
    assert exercises(world, desk) == (Begun("two", here=True), Begun("one", here=True), 1)


def test_an_exercise_of_another_machine_is_to_be_started_here(world, desk):
    attempt(desk, "one", "failed")
    assert exercises(world, desk)[0] == Begun("one", here=False)


def test_an_exercise_that_is_no_longer_there_is_not_named(world, desk):
    attempt(desk, "gone", "failed")
    assert exercises(world, desk) == (None, None, 0)
