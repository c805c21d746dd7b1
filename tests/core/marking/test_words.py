"""Marks for short answers and gaps."""

from __future__ import annotations

import pytest

from prep.core.bad_answer import BadAnswerError
from prep.core.judge import judge
from prep.model.response import Blanks, Typed
from tests.core.samples import cloze, near, short, words

LAYER_NORM = short("layer norm", "层归一化", near=(near("batch norm", reply="over the batch"),))


@pytest.mark.parametrize(
    "text", ["LayerNorm", "layer-norm", " ＬＡＹＥＲ　ＮＯＲＭ ", "层归一化。"]
)
def test_an_accepted_form_is_right_in_any_spelling(text):
    assert judge(LAYER_NORM, Typed(text)).right


def test_a_near_miss_is_wrong_and_gets_its_reply():
    judgement = judge(LAYER_NORM, Typed("Batch-Norm"))
    assert (judgement.score, judgement.retry) == (0, False)
    assert judgement.replies == (words("over the batch"),)


def test_a_misspelling_is_asked_for_again():
    judgement = judge(LAYER_NORM, Typed("layer nrom"))
    assert (judgement.score, judgement.retry) == (0, True)
    assert judgement.notes[0].code == "close"
    assert judgement.notes[0].values == {"typed": "layer nrom"}


def test_a_near_miss_is_never_a_misspelling():
    question = short("adagrad", near=(near("adagrat"),))
    assert not judge(question, Typed("adagrat")).retry


@pytest.mark.parametrize(
    ("text", "code"), [("", "answer-empty"), ("?!", "answer-empty"), ("x" * 401, "answer-too-long")]
)
def test_nothing_and_too_much_are_refused(text, code):
    with pytest.raises(BadAnswerError) as caught:
        judge(LAYER_NORM, Typed(text))
    assert caught.value.code == code


GAPS = cloze(("dim=-1", "-1"), ("softmax",), near_forms=("dim=0", "Softmax"))


def test_a_cloze_is_the_share_of_right_gaps():
    judgement = judge(GAPS, Blanks(("dim = -1", "relu")))
    assert judgement.score == 0.5
    assert judgement.parts == (True, False)


def test_a_gap_may_be_left_empty_but_not_all():
    assert judge(GAPS, Blanks(("-1", ""))).score == 0.5
    with pytest.raises(BadAnswerError, match="answer-empty"):
        judge(GAPS, Blanks(("", " ")))


def test_each_wrong_gap_gets_its_reply():
    assert judge(GAPS, Blanks(("dim=0", "Softmax"))).replies == (words("near"), words("near"))
    assert judge(GAPS, Blanks(("dim=-1", "softmax"))).replies == ()


def test_case_alone_is_pointed_out():
    (note,) = judge(GAPS, Blanks(("-1", "SoftMax"))).notes
    assert note.code == "case-differs"
    assert note.values == {"gap": "2", "typed": "SoftMax", "form": "softmax"}


@pytest.mark.parametrize(
    ("texts", "code"), [(("x",), "answer-wrong-length"), (("x" * 401, "y"), "answer-too-long")]
)
def test_a_wrong_number_of_gaps_is_refused(texts, code):
    with pytest.raises(BadAnswerError) as caught:
        judge(GAPS, Blanks(texts))
    assert caught.value.code == code
