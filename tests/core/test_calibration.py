from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.answers import answers
from prep.core.calibration import START, calibration, moving_average


def reviews(make_entry, pairs):
    """Return events of reviews with a predicted recall and whether it was recalled."""
    return answers(
        make_entry("review", number, recall=predicted, score=float(recalled))
        for number, (predicted, recalled) in enumerate(pairs)
    )


def test_without_reviews_there_is_no_calibration(make_entry):
    assert calibration(answers([make_entry(), make_entry("practice", 0.1)])) is None


def test_bins_hold_predicted_and_observed_recall(make_entry):
    found = calibration(reviews(make_entry, [(0.9, 1), (0.88, 0), (0.97, 1)]))
    assert [(b.low, b.high, b.count, b.observed) for b in found.bins] == [
        (0.85, 0.9, 2, 0.5),
        (0.95, 1.0, 1, 1.0),
    ]
    assert found.bins[0].predicted == pytest.approx(0.89)
    assert (found.count, found.observed) == (3, pytest.approx(2 / 3))


def test_errors_are_those_of_the_textbook(make_entry):
    found = calibration(reviews(make_entry, [(0.9, 1), (0.9, 0)]))
    assert found.log_loss == pytest.approx(-(log(0.9) + log(0.1)) / 2)
    assert found.rmse == pytest.approx(0.4)


def test_a_wrong_answer_counts_as_forgotten_and_a_half_right_one_as_recalled(make_entry):
    found = calibration(reviews(make_entry, [(0.9, 0.4), (0.9, 0.5)]))
    assert found.observed == 0.5


def test_the_baseline_predicts_from_what_came_before_only():
    predictions = [predicted for predicted, _ in moving_average([False, True, True])]
    assert predictions == pytest.approx([START, 9 / 11, 10 / 12])


def test_the_baseline_forgets_what_is_a_hundred_answers_old():
    pairs = moving_average([False] * 100 + [True] * 101)
    assert pairs[-1][0] == pytest.approx((100 + 9) / 110)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_every_review_lies_in_one_bin_and_errors_are_finite(make_entry, pairs):
    found = calibration(reviews(make_entry, pairs))
    assert sum(b.count for b in found.bins) == found.count == len(pairs)
    assert 0 <= found.rmse <= 1
    assert 0 <= found.log_loss < 10
