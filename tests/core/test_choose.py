from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from prep.core.choose import SIBLING_DISTANCE, Candidate, easiest_first, interleave, pick, sample


def new(name, topic="a", level=1, family=None, recall=None):
    return Candidate(name, topic, family or name, level, recall)


CANDIDATES = st.lists(
    st.builds(new, st.uuids().map(str), st.sampled_from("abc"), st.integers(1, 5)), max_size=30
)


def test_due_questions_come_first_the_most_forgotten_of_them_first():
    due = [new("x", recall=0.9), new("y", topic="b", recall=0.5)]
    picked = pick(due, [new("z")], count=3, most_new=1, seed=1)
    assert [c.id for c in picked] == ["y", "x", "z"]


@given(CANDIDATES, st.integers(0, 10), st.integers(0, 9))
def test_new_questions_begin_at_the_easiest_level(candidates, count, seed):
    chosen = easiest_first(candidates, count, seed)
    levels = sorted(c.level for c in candidates)
    assert [c.level for c in chosen] == levels[: min(count, len(levels))]


@given(CANDIDATES, st.integers(0, 9))
def test_the_same_seed_chooses_the_same_whatever_the_order_of_the_bank(candidates, seed):
    assert easiest_first(candidates, 7, seed) == easiest_first(candidates[::-1], 7, seed)
    assert sample(candidates, 7, seed) == sample(candidates[::-1], 7, seed)


@given(CANDIDATES)
def test_interleaving_loses_and_doubles_nothing(candidates):
    assert sorted(c.id for c in interleave(candidates)) == sorted(c.id for c in candidates)


def test_neighbours_differ_in_topic_and_siblings_stay_apart():
    six = [new(str(n), topic="ab"[n % 2], family="f" if n < 2 else None) for n in range(6)]
    order = interleave(six)
    assert all(a.topic != b.topic for a, b in pairwise(order))
    places = [at for at, c in enumerate(order) if c.family == "f"]
    assert places[1] - places[0] > SIBLING_DISTANCE - 1
