import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.rating import quick_limits, rate, rerated
from prep.model.review import Rating

A, H, G, E = Rating


@pytest.mark.parametrize(
    ("score", "said", "expected"),
    [
        (0.0, {}, A),
        (0.49, {}, A),
        (0.5, {}, H),
        (0.99, {}, H),
        (1.0, {}, G),
        (1.0, {"hint": True}, H),
        (1.0, {"guessed": True}, H),
        (1.0, {"easy": True}, E),
        (1.0, {"easy": True, "hint": True}, H),
        (0.6, {"easy": True}, H),
        (0.0, {"easy": True}, A),
        (0.0, {"guessed": True}, A),
    ],
)
def test_the_rating_map(score, said, expected):
    assert rate(score, **said) is expected


@given(st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans(), st.booleans())
def test_a_better_score_never_rates_worse(one, other, hint, guessed, easy):
    low, high = sorted((one, other))
    said = {"hint": hint, "guessed": guessed, "easy": easy}
    assert rate(low, **said) <= rate(high, **said)


@pytest.mark.parametrize(
    ("score", "marks", "expected"),
    [
        (0.0, ["override"], (1.0, G)),
        (1.0, ["guess"], (1.0, H)),
        (1.0, ["easy"], (1.0, E)),
        (0.0, ["guess"], (0.0, A)),
        (0.0, ["easy"], (0.0, A)),
        (0.0, ["override", "guess"], (1.0, H)),
        (0.0, ["guess", "override"], (1.0, H)),
        (1.0, ["guess", "easy"], (1.0, E)),
    ],
)
def test_what_the_learner_says_afterwards(make_entry, score, marks, expected):
    assert rerated(make_entry(score=score), marks) == expected


def test_without_remarks_the_stored_rating_holds(make_entry):
    assert rerated(make_entry(rating=E), []) == (1.0, E)
    assert rerated(make_entry(), []) == (1.0, G)


def test_i_was_right_after_a_hint_is_hard(make_entry):
    assert rerated(make_entry(score=0.0, hint=True), ["override"]) == (1.0, H)


def test_the_limit_is_the_fifth_fastest_of_thirty():
    samples = [("n", 1000 * (30 - i)) for i in range(30)]
    assert quick_limits(samples, {"n": "numeric"}) == {"numeric": 7000}


def test_twenty_nine_samples_are_too_few():
    assert quick_limits([("n", 5)] * 29, {"n": "numeric"}) == {}


def test_choices_and_unknown_questions_have_no_limit():
    assert quick_limits([("c", 5), ("gone", 5)] * 40, {"c": "single"}) == {}
