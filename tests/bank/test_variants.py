"""Drawn questions: the generator runs, and whatever it does wrong is one error."""

from __future__ import annotations

from datetime import date

import pytest

from prep.bank.load import load
from prep.bank.variants import draw, fill, is_drawn, show_value
from prep.errors import PrepError
from prep.model.question import Drawn, Near, Numeric, Output, Shape, Single, Source
from prep.model.text import Text

HEAD = "from prep.model.question import Drawn\nfrom prep.model.text import Text\n"


@pytest.fixture
def questions(bank):
    return {loaded.question.id: loaded.question for loaded in load(bank).questions}


@pytest.fixture
def twin(tmp_path):
    """Return a function that writes a twin with one generator `make`."""

    def write(body, top=""):
        path = tmp_path / "twin.py"
        path.write_text(f"{HEAD}{top}\ndef make(draw):\n    {body}\n")
        return path

    return write


def question(kind, **fields):
    text = Text("$a", "第 $a")
    return kind(
        id="q", revision=1, level=1, tags=("t",), prompt=text,
        explanation=Text("$answer", "$answer"),
        sources=(Source(title="t", url="https://x.y"),), checked=date(2026, 1, 1), computed="make",
        mistakes={"off": Text("not $a", "不是 $a")}, **fields,
    )  # fmt: skip


def test_the_same_seed_draws_the_same_numbers(bank):
    path = bank / "basics" / "sums.py"
    assert draw(path, "total", 3) == draw(path, "total", 3)
    assert draw(path, "total", 3) != draw(path, "total", 4)


def test_a_numeric_question_is_filled(questions):
    drawn = Drawn(show={"a": 2, "b": 11}, answer=13, wrong={"product": 22, "off": 14})
    filled = fill(questions["drawn-sum"], drawn)
    assert isinstance(filled, Numeric)
    assert (filled.prompt.en, filled.prompt.zh) == ("What is 2 + 11?", "2 + 11 等于多少？")
    assert (filled.value, filled.explanation.en) == (13.0, "The sum is 13.")
    assert filled.near[0] == Near(forms=("22",), reply=Text("That is the product.", "那是积。"))
    assert not is_drawn(filled)


def test_a_single_choice_gets_its_options(questions):
    drawn = Drawn(show={"a": 2, "b": 11}, answer=13, wrong={"product": 22, "off": 14})
    filled = fill(questions["which-sum"], drawn)
    assert isinstance(filled, Single)
    assert [option.text.en for option in filled.options] == ["It is 13", "It is 22", "It is 14"]
    assert [option.right for option in filled.options] == [True, False, False]


@pytest.mark.parametrize(("kind", "fields"), [(Output, {"gives": "value"}), (Shape, {})])
def test_a_typed_question_gets_its_key(kind, fields):
    drawn = Drawn(show={"a": Text("one", "一")}, answer="(B, 3)", wrong={"off": "(B, 4)"})
    filled = fill(question(kind, **fields), drawn)
    assert (filled.value, filled.prompt.zh) == ("(B, 3)", "第 一")
    assert filled.near[0].forms == ("(B, 4)",)


@pytest.mark.parametrize(
    ("value", "shown"), [(3, "3"), (0.1 + 0.2, "0.3"), (1e-9, "1e-09"), ("x", "x"), (2.0, "2")]
)
def test_values_are_shown_as_people_write_them(value, shown):
    assert show_value(value) == shown


def test_a_dollar_is_written_twice():
    drawn = Drawn(show={"a": 5}, answer=1, wrong={"off": 2})
    priced = question(Numeric, hint=Text("$$$a", "$$$a"))
    assert fill(priced, drawn).hint == Text("$5", "$5")


@pytest.mark.parametrize(
    "body",
    [
        "1 / 0",
        "raise SystemExit(3)",
        "return None",
        "return {'show': {}, 'answer': 1}",
        "return Drawn(show={}, answer=float('nan'))",
        "return Drawn(show={}, answer=1, wrong={'off': float('inf')})",
        "return Drawn(show={'a': [1]}, answer=1)",
        "return Drawn(show={}, answer=None)",
        "return make(draw)",
    ],
)
def test_whatever_a_generator_does_wrong_is_one_error(twin, body):
    with pytest.raises(PrepError, match="generator-failed"):
        draw(twin(body), "make", 0)


@pytest.mark.parametrize("top", ["def", "import no_such_module", "raise SystemExit", "\0"])
def test_a_twin_that_cannot_be_imported_is_one_error(twin, top):
    with pytest.raises(PrepError, match="generator-failed"):
        draw(twin("pass", top), "make", 0)


@pytest.mark.parametrize("name", ["other", "Drawn2", "__name__"])
def test_a_name_that_is_no_function_is_one_error(twin, name):
    with pytest.raises(PrepError, match="no-generator"):
        draw(twin("pass"), name, 0)


def test_a_missing_twin_is_one_error(tmp_path):
    with pytest.raises(PrepError, match="no-generator"):
        draw(tmp_path / "none.py", "make", 0)
