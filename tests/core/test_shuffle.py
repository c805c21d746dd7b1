"""Displayed orders."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.judge import judge
from prep.core.shuffle import arrange, permutation
from prep.model.question import Single
from prep.model.response import Order
from tests.core.samples import (
    ALL,
    BASE,
    bug,
    matching,
    multiple,
    numeric,
    options,
    ordering,
    single,
    true_false,
)


@given(st.integers(), st.integers(0, 40))
def test_a_permutation_holds_each_place_once(seed, n):
    assert sorted(permutation(seed, n)) == list(range(n))


def test_a_seed_gives_one_permutation_on_every_machine_for_ever():
    assert permutation(7, 6) == (5, 0, 2, 4, 1, 3)
    assert permutation(2**63, 3) == permutation(2**63, 3)


def test_every_permutation_is_about_as_likely():
    counts = Counter(permutation(seed, 4) for seed in range(4800))
    assert set(counts) == set(permutations(range(4)))
    chi_squared = sum((count - 200) ** 2 / 200 for count in counts.values())
    assert chi_squared < 49.7  # 23 degrees of freedom, one in a thousand


def test_options_are_shuffled_and_questions_do_not_move_alike():
    orders = {arrange(single("x----"), seed) for seed in range(40)}
    assert len(orders) > 20
    other = Single(**{**BASE, "id": "other"}, options=options("x----"))
    assert any(arrange(other, seed) != arrange(single("x----"), seed) for seed in range(5))


@given(st.integers())
def test_an_order_that_means_something_is_kept(seed):
    assert arrange(multiple(keep_order=True), seed) == (0, 1, 2, 3)


@given(st.integers())
def test_none_of_the_above_stays_at_the_end(seed):
    question = Single(**BASE, options=options("x---", last=1))
    assert arrange(question, seed)[-1] == 1


@pytest.mark.parametrize(
    "question", [ordering(3), ordering(5), ordering(3, {2: (0,)}), ordering(4, {3: (2,)})]
)
def test_steps_are_never_shown_in_a_right_order(question):
    for seed in range(60):
        assert not judge(question, Order(arrange(question, seed))).right


def test_what_is_shown_is_shown_whole():
    assert sorted(arrange(matching("abc", "d"), 1)) == [0, 1, 2, 3]
    assert sorted(arrange(true_false(), 1)) == sorted(arrange(bug(), 1)) == [0, 1, 2]


def test_typed_questions_have_nothing_to_arrange():
    assert arrange(numeric(1.0), 1) == ()


@given(st.sampled_from(ALL), st.integers())
def test_one_seed_shows_one_order(question, seed):
    assert arrange(question, seed) == arrange(question, seed)
