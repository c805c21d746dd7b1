from __future__ import annotations

import pytest

from prep.core.judge import judge
from prep.core.marking.gaps import readings, surroundings
from prep.model.response import Blanks
from tests.core.samples import cloze


def test_each_gap_has_the_text_of_its_line_up_to_the_next_gap():
    code = "a = __1__ + __2__()\nmodel.__3__()"
    assert surroundings(code) == [("a = ", " + "), (" + ", "()"), ("model.", "()")]


@pytest.mark.parametrize("typed", ["eval", "eval()", "model.eval()", "model.eval", ".eval()"])
def test_what_stands_beside_the_gap_may_be_typed_again(typed):
    assert "eval" in {reading.strip() for reading in readings(typed, "    model.", "()")}


@pytest.mark.parametrize(
    "typed", ["train", "evaluate", "eval(x)", "mode.eval()", "odel.eval()", "eval(", "()"]
)
def test_nothing_else_is_forgiven(typed):
    assert "eval" not in {reading.strip() for reading in readings(typed, "    model.", "()")}


def test_a_gap_with_its_brackets_is_right_and_a_wrong_word_is_not():
    question = cloze(["x"])
    assert judge(question, Blanks(("f(x)",))).right
    assert not judge(question, Blanks(("g(x)",))).right
