"""A quiz, one answer at a time."""

from __future__ import annotations

import pytest

from prep.app.start import start_quiz
from prep.core.keys import key_response
from prep.errors import PrepError, UsageError
from prep.model.response import Picks, Typed
from prep.model.session import QuizOptions
from tests.app.conftest import answer, asked, take, take_all
from tests.making import single, typed


def test_a_first_quiz_asks_new_questions_of_both_topics_in_turn(world):
    quiz = world.quiz(count=6)
    assert [name[0] for name in asked(quiz)] in (list("ababab"), list("bababa"))
    assert {item.why for item in quiz.session.queue} == {"new"}


def test_new_questions_stop_at_the_daily_limit(world):
    first = world.quiz(count=20, new=4)
    assert len(asked(first)) == 4
    take_all(first)
    first.end()
    assert asked(world.quiz(count=20, new=4)) == []
    world.outside.pass_time(days=1)
    assert sum(item.why == "new" for item in world.quiz(count=20, new=4).session.queue) == 4


def test_new_mode_asks_new_ones_beyond_the_limit(world):
    assert len(asked(world.quiz(count=9, new=1, mode="new"))) == 9


def test_what_is_due_comes_first(world):
    learnt = take_all(world.quiz(count=3, new=3))
    world.outside.pass_time(days=60)
    quiz = world.quiz(count=5)
    assert sorted(asked(quiz)[:3]) == sorted(learnt)
    assert [item.why for item in quiz.session.queue] == ["due"] * 3 + ["new"] * 2
    assert 0 < quiz.current().recall < 0.95


def test_due_mode_asks_no_new_ones(world):
    take_all(world.quiz(count=2, new=2))
    assert asked(world.quiz(mode="due")) == []
    world.outside.pass_time(days=60)
    assert len(asked(world.quiz(mode="due"))) == 2


def test_siblings_stay_apart(world):
    from tests.cli.conftest import BANKS

    world.use(BANKS / "drawn")
    families = [world.shown.entry(name).family for name in asked(world.quiz())]
    assert len(set(families)) == 2


def test_a_missed_question_comes_back_after_four_others(world):
    quiz = world.quiz(count=8)
    names = take(quiz, [False, True, True, True, True, True])
    assert names[5] == names[0]
    assert names.count(names[0]) == 2


def test_a_missed_question_comes_back_twice_at_most(world):
    quiz = world.quiz(count=1)
    assert len(set(take(quiz, [False, False, False]))) == 1
    assert quiz.current() is None
    assert [kind for kind, _ in world.log()] == ["learn", "practice", "practice"]


def test_a_question_that_comes_back_has_another_order_or_other_numbers(world):
    quiz = world.quiz(count=1)
    before = quiz.current().item
    answer(quiz, right=False)
    after = quiz.current().item
    assert (after.question, after.why) == (before.question, "again")
    assert after.seed != before.seed


def test_only_the_first_answer_of_a_day_moves_the_schedule(world):
    quiz = world.quiz(count=1)
    first = answer(quiz, right=False)
    world.outside.pass_time(minutes=5)
    second = answer(quiz)
    assert (first.entry.kind, second.entry.kind) == ("learn", "practice")
    assert first.card.memory == second.card.memory


def test_practice_later_on_the_same_day_leaves_the_schedule(world):
    [name] = take_all(world.quiz(count=1, mode="new", levels=(1,)))
    before = world.card(name).memory
    world.outside.pass_time(minutes=300)
    quiz = world.quiz(count=12, mode="cram")
    world.outside.pass_time(minutes=1)
    assert name in take_all(quiz)
    assert world.card(name).memory == before


def test_undo_restores_card_and_question(world):
    quiz = world.quiz(count=3)
    first = quiz.current()
    answer(quiz, right=False)
    assert quiz.undo()
    assert quiz.current().item == first.item
    assert world.card(first.item.question).memory is None
    assert len(asked(quiz)) == 3
    assert (quiz.done, quiz.session.total) == (0, 3)


def test_undo_of_nothing_is_refused(world):
    assert not world.quiz().undo()


def test_undo_goes_back_step_by_step(world):
    quiz = world.quiz(count=3)
    names = take(quiz, [True, False, True])
    for name in reversed(names):
        assert quiz.undo()
        assert quiz.current().item.question == name
    assert not quiz.undo()
    assert all(card.memory is None for card in world.store.cards())


def test_undo_of_a_repeat_asks_the_repeat_again(world):
    quiz = world.quiz(count=1)
    take(quiz, [False, False])
    assert quiz.undo()
    assert quiz.current().item.why == "again"
    assert len(asked(quiz)) == 1


def test_i_was_right_counts_as_right_and_stays_asked_once(world):
    quiz = world.quiz(count=2)
    outcome = answer(quiz, right=False)
    card = quiz.remark("override")
    assert card.last_score == 1.0
    assert card.memory.due > outcome.card.memory.due
    assert outcome.shown.item.question not in asked(quiz)
    assert quiz.session.given[-1].score == 1.0


def test_i_guessed_brings_it_back_sooner_and_easy_later(world):
    quiz = world.quiz(count=2)
    good = answer(quiz).card.memory.due
    assert quiz.remark("guess").memory.due < good
    assert quiz.remark("easy").memory.due > good


def test_a_hint_costs_the_full_rating(world):
    quiz = world.quiz(count=2)
    quiz.take_hint()
    with_hint, without = answer(quiz), answer(quiz)
    assert (with_hint.entry.hint, without.entry.hint) == (True, False)
    assert with_hint.card.memory.due < without.card.memory.due


def test_skip_puts_the_question_at_the_end(world):
    quiz = world.quiz(count=3)
    first, *rest = asked(quiz)
    quiz.take_hint()
    assert quiz.skip()
    assert asked(quiz) == [*rest, first]
    assert not answer(quiz).entry.hint


def test_the_only_question_cannot_be_skipped(world):
    quiz = world.quiz(count=1)
    assert not quiz.skip()
    assert len(asked(quiz)) == 1


def test_a_suspended_question_is_not_asked_until_it_is_resumed(world):
    from prep.app.resume import resume

    quiz = world.quiz(count=12, mode="new")
    item = quiz.current().item
    quiz.suspend(item)
    assert item.question not in asked(quiz)
    assert quiz.session.total == 11
    world.outside.pass_time(days=1)
    for mode in ("mixed", "new", "due", "cram", "mock", "missed"):
        assert item.question not in asked(world.quiz(count=12, new=12, mode=mode))
    index, outside = world.shown.index, world.outside
    assert resume(index, world.store, outside, world.settings, item.question)
    assert not resume(index, world.store, outside, world.settings, item.question)
    assert item.question in asked(world.quiz(count=11, new=12, mode="cram", seed=1)) + asked(
        world.quiz(count=12, mode="cram", seed=2)
    )


def test_suspending_after_the_answer_keeps_the_answer(world):
    quiz = world.quiz(count=2)
    outcome = answer(quiz, right=False)
    quiz.suspend(outcome.shown.item)
    assert outcome.shown.item.question not in asked(quiz)
    assert (quiz.done, quiz.session.total) == (1, 2)


def test_the_same_call_takes_up_the_quiz_after_a_restart(world):
    quiz = world.quiz(count=5)
    take(quiz, [True, False])
    following = quiz.current().item
    world.reopen()
    later = world.quiz(count=5)
    assert later.session == quiz.session
    assert (later.current().item, later.current().number) == (following, 3)


def test_the_next_study_day_begins_a_new_quiz(world):
    quiz = world.quiz(count=5)
    answer(quiz)
    world.outside.pass_time(days=1)
    later = world.quiz(count=5)
    assert later.session.id != quiz.session.id
    assert later.session.given == ()


def test_before_four_in_the_morning_it_is_still_yesterday(world):
    quiz = world.quiz(count=5)
    world.outside.pass_time(minutes=18 * 60)
    assert world.quiz(count=5).session.id == quiz.session.id
    world.outside.pass_time(minutes=90)
    assert world.quiz(count=5).session.id != quiz.session.id


@pytest.mark.parametrize(
    "other",
    [{"count": 4}, {"topics": ("alpha",)}, {"levels": (1,)}, {"mode": "cram"}, {"bank": "x"}],
)
def test_another_quiz_is_not_the_one_that_was_left(world, other):
    quiz = world.quiz(count=5)
    assert world.quiz(**{"count": 5, **other}).session.id != quiz.session.id


def test_a_quiz_that_ended_is_not_taken_up(world):
    quiz = world.quiz(count=2)
    quiz.end()
    assert world.quiz(count=2).session.id != quiz.session.id
    assert quiz.current() is None


def test_a_seed_repeats_a_quiz_exactly(world):
    one, two = world.quiz(count=8, seed=7), world.quiz(count=8, seed=7)
    assert one.session.queue == two.session.queue
    assert one.session.id != two.session.id
    assert one.current().order == two.current().order
    assert world.quiz(count=8, seed=8).session.queue != one.session.queue


def test_a_question_that_left_the_bank_begins_a_new_quiz(world):
    quiz = world.quiz(count=12, mode="new")
    answer(quiz)
    world.bank({"alpha": [single(f"a{n}") for n in range(3)]})
    later = world.quiz(count=12, mode="new")
    assert later.session.id != quiz.session.id
    assert set(asked(later)) <= {"a0", "a1", "a2"}


def test_a_question_that_left_the_bank_is_not_due(world):
    take_all(world.quiz(count=12, new=12))
    world.bank({"alpha": [single("a0")]})
    world.outside.pass_time(days=200)
    assert asked(world.quiz(mode="due")) == ["a0"]


def test_a_new_meaning_restarts_the_history(world):
    world.bank({"alpha": [single("a0")]})
    take_all(world.quiz())
    world.bank({"alpha": [single("a0", meaning=2)]})
    world.outside.pass_time(days=100)
    quiz = world.quiz()
    assert quiz.current().item.why == "new"
    assert answer(quiz).entry.kind == "learn"
    assert len(world.store.cards()) == 2


def test_missed_mode_asks_what_was_last_answered_wrong(world):
    quiz = world.quiz(count=4, new=4)
    names = take(quiz, [False, True, True, True])
    quiz.end()
    missed = world.quiz(mode="missed")
    assert asked(missed) == names[:1]
    assert missed.current().item.why == "missed"
    answer(missed)
    missed.end()
    assert asked(world.quiz(mode="missed")) == []


@pytest.mark.parametrize("mode", ["mock", "cram"])
def test_an_exam_and_cramming_never_move_the_schedule(world, mode):
    take_all(world.quiz(count=6, new=6))
    before = {card.question: card.memory for card in world.store.cards()}
    world.outside.pass_time(days=30)
    quiz = world.quiz(count=12, mode=mode, minutes=10.0)
    take(quiz, [False] * 12)
    assert quiz.current() is None
    after = {card.question: card.memory for card in world.store.cards() if card.memory}
    assert after == {name: memory for name, memory in before.items() if memory}
    assert world.store.introduced(quiz.today()) == 0
    assert [kind for kind, _ in world.log()[-12:]] == [mode] * 12


def test_an_exam_asks_nothing_twice(world):
    quiz = world.quiz(count=3, mode="mock")
    assert len(set(take(quiz, [False, False, False]))) == 3
    assert quiz.current() is None


def test_an_exam_date_raises_retention_and_caps_the_interval(world):
    from datetime import timedelta

    today = world.quiz().today()
    world.set(exam=today + timedelta(days=20))
    outcome = answer(world.quiz(count=1))
    assert outcome.entry.retention > 0.9
    assert outcome.entry.cap < 20
    assert outcome.card.memory.due < world.settings.exam


def test_drawn_questions_keep_their_seed(world):
    from tests.cli.conftest import BANKS

    world.use(BANKS / "drawn")
    quiz = world.quiz(seed=3)
    shown = quiz.current()
    outcome = quiz.answer(shown, key_response(shown.question), 1000)
    assert outcome.judgement.right
    assert outcome.entry.seed == shown.item.seed
    again = world.shown.shown(shown.item)
    assert again.question == shown.question


def test_questions_drawn_by_untrusted_code_are_left_out(world):
    from tests.cli.conftest import BANKS

    world.use(BANKS / "drawn", trusted=False)
    with pytest.raises(PrepError, match="not-trusted"):
        world.quiz()


@pytest.mark.parametrize(
    ("options", "code"),
    [({"topics": ("gamma",)}, "no-such-topic"), ({"topics": ("alpah",)}, "no-such-topic-near"),
     ({"topics": ("alpha", "gamma")}, "no-such-topic"), ({"levels": (5,)}, "nothing-matches")],
)  # fmt: skip
def test_what_the_bank_does_not_have_is_refused(world, options, code):
    with pytest.raises(UsageError) as caught:
        world.quiz(**options)
    assert caught.value.code == code


def test_a_misspelling_is_asked_again_once_and_nothing_is_stored(world):
    world.bank({"alpha": [typed("a0"), typed("a1")]})
    quiz = world.quiz()
    shown = quiz.current()
    assert quiz.answer(shown, Typed("layre norm"), 1).entry is None
    assert world.log() == []
    final = quiz.answer(shown, Typed("layer nrom"), 1)
    assert (final.judgement.retry, final.judgement.score, final.judgement.notes) == (False, 0.0, ())
    assert [kind for kind, _ in world.log()] == ["learn"]


def test_a_misspelling_of_the_next_question_is_asked_again_too(world):
    world.bank({"alpha": [typed("a0"), typed("a1")]})
    quiz = world.quiz()
    for _ in range(2):
        shown = quiz.current()
        assert quiz.answer(shown, Typed("layre norm"), 1).judgement.retry
        assert quiz.answer(shown, Typed("layer norm"), 1).judgement.right


def test_two_programs_share_a_quiz(world):
    one, two = world.quiz(count=3), world.quiz(count=3)
    assert one.session.id == two.session.id
    shown = two.current()
    answer(one)
    two.answer(shown, Picks((2,)), 1)
    assert [kind for kind, _ in world.log()] == ["learn", "practice"]
    assert asked(two).count(shown.item.question) == 1
    assert answer(one).shown.item.question != shown.item.question
    assert len(world.quiz(count=3).session.given) == 3


def test_a_quick_typed_answer_is_easy_once_there_is_enough_to_compare(world):
    world.bank({"alpha": [typed(f"a{n}") for n in range(35)]})
    quiz = world.quiz(count=34, new=34)
    for _ in range(33):
        quiz.answer(quiz.current(), Typed("layer norm"), 10_000)
    fresh = start_quiz(
        QuizOptions(count=2, new=40), bank=world.shown, store=world.store, outside=world.outside,
        settings=world.settings,
    )  # fmt: skip
    quick = fresh.answer(fresh.current(), Typed("layer norm"), 1_000)
    slow = fresh.answer(fresh.current(), Typed("layer norm"), 20_000)
    assert (quick.entry.rating, slow.entry.rating) == (4, 3)
