"""Hints, our solution, and the list of exercises."""

from __future__ import annotations

import pytest

from prep.app.begin import reset_exercise, start_exercise
from prep.app.exercises import exercise_rows
from prep.app.practice import standing_of, take_hint, take_reference
from prep.errors import UsageError
from tests.app.conftest import attempt
from tests.making import write_exercise


def numbers(hints):
    return [number for number, _ in hints.shown]


def kinds(desk):
    return [deed.kind for deed in desk.store.deeds()]


def later(desk, days=1):
    desk.outside.pass_time(days=days)


def test_hints_come_one_after_the_other_and_are_then_repeated(desk):
    shown = [take_hint(desk, "one") for _ in range(5)]
    assert [numbers(hints) for hints in shown] == [[1], [2], [3], [1, 2, 3], [1, 2, 3]]
    assert [hints.again for hints in shown] == [False, False, False, True, True]
    assert shown[1].shown[0][1].zh == "提示 2"
    assert [deed.number for deed in desk.store.deeds()] == [1, 2, 3]


def test_all_hints_at_once(desk):
    take_hint(desk, "one")
    hints = take_hint(desk, "one", everything=True)
    assert (numbers(hints), hints.again) == ([1, 2, 3], False)
    assert take_hint(desk, "one").again


def test_another_exercise_has_its_own_hints(desk):
    take_hint(desk, "one")
    assert numbers(take_hint(desk, "two")) == [1]


def test_a_new_round_on_another_day_begins_with_the_first_hint(desk):
    start_exercise(desk, "one", None, "en")
    take_hint(desk, "one")
    later(desk)
    assert numbers(take_hint(desk, "one")) == [2]
    later(desk)
    reset_exercise(desk, "one")
    assert numbers(take_hint(desk, "one")) == [1]


def refused(desk):
    with pytest.raises(UsageError) as caught:
        take_reference(desk, "one")
    return caught.value.code


def test_our_solution_is_hidden_until_the_pass(desk):
    assert refused(desk) == "solution-later"
    start_exercise(desk, "one", None, "en")
    attempt(desk, verdict="failed")
    assert refused(desk) == "solution-later"
    assert "solution" not in kinds(desk)
    attempt(desk)
    assert take_reference(desk, "one") == "f = 1\n"
    assert kinds(desk)[-1] == "solution"


def test_giving_up_shows_it_and_is_remembered(desk):
    start_exercise(desk, "one", None, "en")
    assert take_reference(desk, "one", give_up=True) == "f = 1\n"
    attempt(desk)
    assert standing_of(desk, "one").due == desk.today().replace(day=24)


def test_in_a_review_it_is_hidden_again(desk):
    start_exercise(desk, "one", None, "en")
    attempt(desk)
    later(desk, 9)
    assert standing_of(desk, "one").state == "due"
    reset_exercise(desk, "one")
    assert refused(desk) == "solution-again"
    attempt(desk, sha="b")
    assert standing_of(desk, "one").state == "passed"
    assert take_reference(desk, "one") == "f = 1\n"


def test_the_list_has_the_state_and_the_file_of_each(desk, tmp_path):
    write_exercise(desk.root, "draft", draft="true")
    start_exercise(desk, "two", tmp_path / "二", "en")
    attempt(desk, "two", "failed")
    first, second = exercise_rows(desk)
    assert (first.exercise.id, first.standing.state, first.file) == ("one", "new", None)
    assert (second.standing.state, second.standing.best) == ("failing", 0.75)
    assert second.file == str(tmp_path / "二" / "solution.py")


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["one", "two", "hard"]),
        ({"levels": (4, 5)}, ["hard"]),
        ({"topics": ["privacy"]}, ["hard"]),
        ({"topics": ["foundations"], "levels": (5,)}, []),
    ],
)
def test_the_list_can_be_narrowed(desk, filters, names):
    write_exercise(desk.root, "hard", level="5", topic="privacy")
    assert [row.exercise.id for row in exercise_rows(desk, **filters)] == names
