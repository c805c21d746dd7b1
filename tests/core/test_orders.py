"""Constraints between steps."""

from __future__ import annotations

from bisect import bisect_left
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from prep.core.orders import constraints, largest_kept
from tests.core.samples import ordering


def test_without_after_each_step_follows_all_before_it():
    assert constraints(ordering(3)) == (0b000, 0b001, 0b011)


def test_constraints_reach_through_other_steps():
    assert constraints(ordering(3, {1: (2,), 0: (1,)})) == (0b110, 0b100, 0b000)


@given(st.permutations(range(9)))
def test_of_a_total_order_the_longest_increasing_part_is_kept(order):
    tails = []
    for step in order:
        at = bisect_left(tails, step)
        tails[at : at + 1] = [step]
    assert len(largest_kept(order, constraints(ordering(9)))) == len(tails)


@given(st.permutations(range(5)), st.sets(st.sampled_from(list(combinations(range(5), 2)))))
def test_no_larger_part_keeps_to_the_constraints(order, pairs):
    after = {at: tuple(one for one, other in pairs if other == at) for at in range(5)}
    before = constraints(ordering(5, after)) if pairs else (0,) * 5
    fine = [
        part
        for size in range(6)
        for part in combinations(order, size)
        if not any(before[one] >> other & 1 for one, other in combinations(part, 2))
    ]
    kept = largest_kept(order, before)
    assert len(kept) == max(map(len, fine))
    assert any(set(part) == set(kept) for part in fine)
