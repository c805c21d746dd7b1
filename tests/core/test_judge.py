"""Judging, over all types."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.bad_answer import BadAnswerError
from prep.core.judge import judge
from prep.core.keys import key_response
from prep.errors import PrepError
from prep.model.response import Picks, Typed
from tests.core.samples import ALL, RESPONSES, numeric, output, shape, single


@pytest.mark.parametrize("question", ALL, ids=lambda question: type(question).__name__)
def test_its_own_key_is_right(question):
    assert judge(question, key_response(question)).right


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(ALL), RESPONSES)
def test_any_response_gets_a_score_or_is_asked_for_again(question, response):
    try:
        judgement = judge(question, response)
    except BadAnswerError as error:
        assert error.code.startswith("answer-")
    else:
        assert 0 <= judgement.score <= 1


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(ALL), st.text(max_size=60))
def test_any_text_gets_a_score_or_is_asked_for_again(question, text):
    try:
        assert 0 <= judge(question, Typed(text)).score <= 1
    except BadAnswerError as error:
        assert error.code.startswith("answer-")


def test_a_response_of_another_kind_is_refused():
    with pytest.raises(BadAnswerError, match="answer-wrong-kind") as caught:
        judge(single(), Typed("1"))
    assert caught.value.values == {"given": "Typed", "expected": "Picks"}


@pytest.mark.parametrize("question", [numeric(None), output(None), shape(None)])
def test_a_question_that_was_not_drawn_is_our_mistake_not_the_learners(question):
    with pytest.raises(PrepError, match="not-drawn") as caught:
        judge(question, Typed("1"))
    assert not isinstance(caught.value, BadAnswerError)


def test_a_pick_that_is_not_there_is_refused_with_the_highest():
    with pytest.raises(BadAnswerError, match="answer-out-of-range") as caught:
        judge(single(), Picks((3,)))
    assert caught.value.values == {"index": 3, "highest": 2}
