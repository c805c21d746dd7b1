"""Marks for predicted outputs and shapes."""

from __future__ import annotations

import pytest

from prep.core.bad_answer import BadAnswerError
from prep.core.judge import judge
from prep.model.response import Typed
from tests.core.samples import near, output, shape, words


def codes(question, text):
    return [note.code for note in judge(question, Typed(text)).notes]


def test_an_output_is_right_whatever_its_spaces():
    assert judge(output("[1, 2]\n"), Typed("[1,2]")).right


def test_int_for_float_is_wrong_and_pointed_out():
    assert judge(output("3.0"), Typed("3")).score == 0
    assert codes(output("3.0"), "3") == ["int-or-float"]


def test_case_alone_is_pointed_out():
    assert codes(output("Hello"), "hello") == ["output-case-differs"]
    assert codes(output("Hello"), "bye") == []


def test_a_tolerance_is_the_keys_and_not_its_near_misses():
    question = output("0.5", tolerance=0.1, near=(near("0.6"),))
    assert judge(question, Typed("0.52")).right
    assert judge(question, Typed("0.6")).replies == (words("near"),)
    assert judge(question, Typed("0.61")).replies == ()


def test_an_exception_is_right_by_its_name():
    question = output("RuntimeError", "exception", near=(near("TypeError"),))
    assert judge(question, Typed("runtime error: shapes")).right
    assert judge(question, Typed("ValueError")).score == 0
    assert judge(question, Typed("a type error")).replies == (words("near"),)


def test_a_misspelt_exception_is_asked_for_again():
    judgement = judge(output("RuntimeError", "exception"), Typed("RunTimeEror"))
    assert (judgement.retry, judgement.notes[0].code) == (True, "close")


def test_a_shape_is_right_in_any_writing():
    assert judge(shape("(B, S, 3*D)"), Typed("b×s×3d")).right


def test_a_wrong_rank_and_a_wrong_order_are_pointed_out():
    question = shape("(B, S, D)", near=(near("(B, D)"),))
    judgement = judge(question, Typed("[B, D]"))
    assert judgement.replies == (words("near"),)
    assert judgement.notes[0].code == "shape-rank"
    assert judgement.notes[0].values == {"typed": "(B, D)", "given": "2", "expected": "3"}
    assert codes(question, "(S, B, D)") == ["shape-order"]
    assert codes(question, "(B, S, 2D)") == []


def test_nonsense_is_no_shape():
    with pytest.raises(BadAnswerError, match="answer-not-a-shape"):
        judge(shape("(B, S)"), Typed("no idea!"))
