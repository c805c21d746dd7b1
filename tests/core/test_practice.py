"""How a learner stands with an exercise follows from the deeds alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.days import study_day
from prep.core.exam import last_look
from prep.core.fuzz import card_key
from prep.core.practice import MEANING, card_name, rate, replay, standing
from prep.core.schedule import step
from prep.model.practice import Deed
from prep.model.review import Rating

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
FIRST = START.date()
CHECKS = 3


def day(number):
    return FIRST + timedelta(days=number)


def deed(kind, days=0.0, *, uid=None, **values):
    """Return a deed; `passed` and `failed` are attempts."""
    at = START + timedelta(days=days)
    if kind in {"passed", "failed"}:
        score = 1.0 if kind == "passed" else 0.5
        values = {"verdict": kind, "score": score, "total": CHECKS, **values}
        kind = "attempt"
    if kind == "hint":
        values = {"number": 1, **values}
    facts = {"exercise": "rnn", "day": study_day(at, 0), **values}
    return Deed(uid=uid or f"{days:09.3f}", at=at, offset=0, kind=kind, **facts)


def story(*parts):
    """Return deeds a minute apart from (kind, day, sha256's beginning) or (kind, day)."""
    deeds = []
    for number, (kind, on, *rest) in enumerate(parts):
        sha = (rest[0] * 64)[:64] if rest else ""
        deeds.append(deed(kind, on + number / 1440, sha256=sha))
    return deeds


def seen(deeds, on=0, exam=None):
    return standing("rnn", deeds, day(on), exam)


def memory(deeds):
    return replay("rnn", deeds).card.memory


def lapses_and_reps(deeds):
    found = memory(deeds)
    return found.lapses, found.reps


def rated(*ratings):
    """Return the memory after ratings on the days 0, 30, 60, …"""
    key = card_key(card_name("rnn"), MEANING)
    found = None
    for number, rating in enumerate(ratings):
        found = step(found, rating, day(30 * number), retention=0.9, cap=36500, key=key)
    return found


def test_without_deeds_an_exercise_is_new():
    found = seen([])
    assert (found.state, found.attempts, found.best, found.due) == ("new", 0, None, None)
    assert not found.under_way


def test_looking_at_hints_starts_nothing():
    found = seen([deed("hint", number=2), deed("solution", 0.1)])
    assert (found.state, found.under_way, found.hints) == ("new", False, 2)


def test_a_start_is_a_start_and_a_failure_shows_the_best_score():
    assert seen([deed("start")]).state == "started"
    tried = [deed("start"), deed("failed", 0.1, score=0.8), deed("failed", 0.2, score=0.3)]
    found = seen(tried)
    assert (found.state, found.best, found.attempts, found.under_way) == ("failing", 0.8, 2, True)


def test_after_a_reset_nothing_of_this_round_has_failed_yet():
    assert seen([deed("start"), deed("failed", 0.1), deed("reset", 0.2)]).state == "started"


def test_a_pass_is_due_again_on_the_day_that_fsrs_says():
    deeds = story(("start", 0), ("passed", 0, "a"))
    assert memory(deeds) == rated(Rating.GOOD)
    due = memory(deeds).due
    assert (seen(deeds).state, seen(deeds).due) == ("passed", due)
    assert seen(deeds, (due - FIRST).days - 1).state == "passed"
    assert seen(deeds, (due - FIRST).days).state == "due"


def test_a_file_that_was_never_started_here_passes_too():
    assert memory([deed("passed")]) == rated(Rating.GOOD)


def test_deeds_of_other_exercises_say_nothing():
    assert seen([deed("passed", exercise="ddp")]).state == "new"


@pytest.mark.parametrize(
    ("before", "rating"),
    [
        ([], Rating.GOOD),
        ([("failed", 0, "b")] * 9, Rating.GOOD),
        ([("failed", 0, letter) for letter in "bcd"], Rating.GOOD),
        ([("failed", 0, letter) for letter in "bcde"], Rating.HARD),
        ([("hint", 0)], Rating.HARD),
        ([("hint", 0), ("solution", 0)], Rating.AGAIN),
        ([("solution", 0), ("reset", 0)], Rating.AGAIN),
        ([("hint", 0), ("start", 0)], Rating.HARD),
        ([("failed", 0, letter) for letter in "bcde"] + [("reset", 0)], Rating.HARD),
    ],
)
def test_the_round_before_the_pass_makes_the_rating(before, rating):
    deeds = story(("start", 0), *before, ("passed", 0, "a"))
    assert memory(deeds) == rated(rating)


def test_what_was_shown_before_the_round_counts_on_its_day_only():
    same_day = story(("start", 0), ("solution", 0), ("reset", 0), ("passed", 0, "a"))
    next_day = story(("start", 0), ("solution", 0), ("reset", 0), ("passed", 1, "a"))
    in_round = story(("start", 0), ("reset", 0), ("solution", 0), ("passed", 1, "a"))
    ratings = [rate_of(deeds) for deeds in (same_day, next_day, in_round)]
    assert ratings == [Rating.AGAIN, Rating.GOOD, Rating.AGAIN]


def rate_of(deeds):
    """Return the rating that the first pass got, from the stability it led to."""
    stabilities = {step(None, r, FIRST, retention=0.9, cap=9, key=1).stability: r for r in Rating}
    return stabilities[memory(deeds).stability]


def test_a_second_pass_in_the_same_round_moves_nothing():
    once = story(("start", 0), ("passed", 0, "a"))
    twice = story(("start", 0), ("passed", 0, "a"), ("passed", 30, "b"), ("failed", 31, "c"))
    assert memory(twice) == memory(once)
    assert seen(twice, 1).state == "passed"


def test_the_file_that_passed_before_proves_nothing():
    deeds = story(("start", 0), ("passed", 0, "a"), ("reset", 30), ("passed", 30, "a"))
    assert memory(deeds) == rated(Rating.GOOD)
    found = seen(deeds, 30)
    assert (found.state, found.under_way) == ("due", True)
    again = [*deeds, *story(("passed", 31, "b"))]
    assert memory(again).reps == 2


def test_a_round_solved_again_is_a_review():
    deeds = story(("start", 0), ("passed", 0, "a"), ("reset", 30), ("passed", 30, "b"))
    assert memory(deeds) == rated(Rating.GOOD, Rating.GOOD)
    assert not seen(deeds, 30).under_way


def test_a_review_that_needed_the_solution_is_a_lapse():
    deeds = story(
        ("start", 0), ("passed", 0, "a"), ("reset", 30), ("solution", 30), ("passed", 30, "b")
    )
    assert memory(deeds) == rated(Rating.GOOD, Rating.AGAIN)
    assert lapses_and_reps(deeds) == (1, 2)


def test_two_rounds_on_one_day_move_the_schedule_once():
    deeds = story(("start", 0), ("passed", 0, "a"), ("reset", 0), ("passed", 0, "b"))
    assert memory(deeds) == rated(Rating.GOOD)
    assert not seen(deeds).under_way


def test_hints_of_the_round_are_remembered_and_forgotten_with_the_next():
    deeds = [deed("start"), deed("hint", 0.1, number=2)]
    assert seen(deeds).hints == seen(deeds, 5).hints == 2
    deeds.append(deed("reset", 5))
    assert seen(deeds, 5).hints == 0


def test_an_exam_brings_an_exercise_forward_to_its_last_look():
    rounds = [
        part
        for number, letter in enumerate("abcd")
        for part in (("reset", 60 * number), ("passed", 60 * number, letter))
    ]
    deeds = story(*rounds)
    exam = memory(deeds).last + timedelta(days=40)
    look = last_look(card_name("rnn"), MEANING, exam)
    assert memory(deeds).due > exam
    assert seen(deeds, 181, exam).due == look
    assert seen(deeds, (look - FIRST).days, exam).state == "due"


def test_the_settings_of_the_moment_of_the_pass_hold():
    usual = memory([deed("start"), deed("passed", 0.1)])
    strict = memory([deed("start"), deed("passed", 0.1, retention=0.97)])
    capped = memory([deed("start"), deed("passed", 0.1, cap=1)])
    assert strict.due < usual.due
    assert capped.due == day(1)


DRAWN = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "reset", "reset", "hint", "solution", "failed", "passed", "passed"]
        ),
        # Mostly forwards, sometimes back; several a day.
        st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.5, 9.0, 40.0, -0.4, -3.0]),
        st.sampled_from("abcdef"),
        st.sampled_from(["rnn", "rnn", "rnn", "ddp"]),
    ),
    max_size=25,
)


def drawn(parts):
    at, deeds = 10.0, []
    for number, (kind, days, letter, exercise) in enumerate(parts):
        at += days
        values = {"sha256": letter * 64} if kind in {"passed", "failed"} else {}
        deeds.append(deed(kind, at, uid=f"u{number}", exercise=exercise, **values))
    return deeds


@given(DRAWN, st.integers(0, 10**6))
def test_the_order_of_arrival_does_not_matter(parts, seed):
    deeds = drawn(parts)
    mixed = Random(seed).sample(deeds, len(deeds))
    assert standing("rnn", mixed, day(60)) == standing("rnn", deeds, day(60))


@given(DRAWN)
def test_the_schedule_moves_at_most_once_for_a_round_a_day_and_a_file(parts):
    own = [d for d in drawn(parts) if d.exercise == "rnn"]
    passes = [d for d in own if d.verdict == "passed"]
    rounds = 1 + sum(d.kind in {"start", "reset"} for d in own)
    reps = memory(own).reps if memory(own) else 0
    days, files = {d.day for d in passes}, {d.sha256 for d in passes}
    assert reps <= min(rounds, len(days), len(files))
    assert (reps > 0) == bool(passes)


@given(DRAWN)
def test_grading_a_file_that_passed_once_more_changes_nothing_but_the_count(parts):
    deeds = drawn(parts)
    passed = [d for d in deeds if d.exercise == "rnn" and d.verdict == "passed"]
    later = [deed("passed", 2000, uid=f"again{d.uid}", sha256=d.sha256) for d in passed]
    assert memory([*deeds, *later]) == memory(deeds)


@given(DRAWN)
def test_hints_never_make_a_rating_better(parts):
    deeds = [d for d in drawn(parts) if d.kind != "solution"]
    helped = [*deeds, deed("hint", 0)]
    assert rate(helped, CHECKS) <= rate(deeds, CHECKS)
    assert rate([*helped, deed("solution", 0)], CHECKS) == Rating.AGAIN
