from datetime import timedelta
from random import Random

import pytest

from prep.core.replay import history, labelled, replay
from prep.model.review import Card, Rating


def card(*entries):
    return replay("q", 1, entries)


def test_without_entries_a_card_is_new():
    assert card() == Card(question="q", meaning=1)


def test_a_first_answer_introduces_the_card(make_entry):
    entry = make_entry()
    found = card(entry)
    assert found.introduced == found.memory.last == entry.day
    assert (found.last_score, found.last_at) == (1.0, entry.at)


def test_only_the_first_answer_of_a_study_day_moves_the_memory(make_entry):
    first, again = make_entry(score=0.0), make_entry(days=0.1)
    assert card(first, again).memory == card(first).memory
    assert card(first, again).last_score == 1.0


def test_a_day_that_went_back_does_not_move_the_memory(make_entry):
    first = make_entry()
    later = make_entry(days=0.1, day=first.day - timedelta(days=1))
    assert card(first, later).memory == card(first).memory


@pytest.mark.parametrize("kind", ["cram", "mock"])
def test_cram_and_mock_tell_the_score_but_never_move_the_memory(make_entry, kind):
    first = make_entry()
    found = card(first, make_entry(kind, 3, score=0.0))
    assert found.memory == card(first).memory
    assert found.last_score == 0.0
    assert card(make_entry(kind)).memory is None


def test_an_undone_first_answer_leaves_a_new_card(make_entry):
    first = make_entry()
    assert card(first, make_entry("undo", target=first.uid)) == card()


def test_after_an_undo_the_next_answer_of_the_day_counts(make_entry):
    first, second = make_entry(score=0.0), make_entry(days=0.1)
    undo = make_entry("undo", 0.2, target=first.uid)
    assert card(first, second, undo) == card(second)


def test_i_was_right_makes_the_answer_good(make_entry):
    wrong = make_entry(score=0.0, rating=Rating.AGAIN)
    right = make_entry(uid=wrong.uid, rating=Rating.GOOD)
    assert card(wrong, make_entry("override", target=wrong.uid)) == card(right)


def test_suspending_and_resuming(make_entry):
    assert card(make_entry(), make_entry("suspend", 1)).suspended
    assert not card(make_entry(), make_entry("suspend", 1), make_entry("resume", 2)).suspended


def test_an_answer_does_not_resume(make_entry):
    assert card(make_entry("suspend"), make_entry(days=1)).suspended


def test_another_meaning_is_another_card(make_entry):
    old, new = make_entry(), make_entry(days=1, meaning=2)
    assert card(old, new) == card(old)
    assert replay("q", 2, [old, new]).introduced == new.day


def lapses(make_entry, times):
    return [make_entry(), *(make_entry(days=n, score=0.0) for n in range(1, times + 1))]


def test_eight_lapses_make_a_leech(make_entry):
    assert not card(*lapses(make_entry, 7)).leech
    assert card(*lapses(make_entry, 8)).leech


def test_a_resumed_leech_is_remarked_on_four_lapses_later(make_entry):
    resume = make_entry("resume", 8.1)
    assert not card(*lapses(make_entry, 11), resume).leech
    assert card(*lapses(make_entry, 12), resume).leech


def test_retention_and_cap_are_those_of_the_entry(make_entry):
    first, second = make_entry(), make_entry(days=3, cap=4, retention=0.97)
    found = card(first, second)
    assert (found.memory.due - second.day).days <= 4


def test_answers_are_labelled_by_the_state_of_the_card(make_entry):
    entries = [make_entry("practice"), make_entry("learn", 0.1), make_entry("practice", 2)]
    entries.append(make_entry("cram", 3))
    found = [labelled(move) for move in history("q", 1, entries)]
    assert [entry.kind for entry in found] == ["learn", "practice", "review", "cram"]
    assert [entry.recall is None for entry in found] == [True, True, False, True]


def test_a_replay_does_not_depend_on_the_order_of_arrival(make_entry):
    entries = [make_entry(days=n / 3, score=n % 2) for n in range(12)]
    entries.append(make_entry("undo", 3, target=entries[2].uid))
    expected = card(*entries)
    for seed in range(20):
        assert card(*Random(seed).sample(entries, len(entries))) == expected
