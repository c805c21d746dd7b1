"""A nudge for every type, which never is the whole key."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from prep.app.hints import hint
from prep.core.judge import judge
from prep.core.keys import key_response
from prep.errors import PrepError
from prep.model.judgement import Note
from prep.model.response import Picks, Typed
from prep.model.text import Text
from prep.ui.words import Words
from tests.app.conftest import World
from tests.cli.conftest import BANKS

NAMES = [
    "a-single", "b-multiple", "c-true-false", "d-numeric", "e-short", "f-ordering",
    "g-matching", "h-cloze", "i-output", "j-bug", "k-shape", "l-open",
]  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"))
    world.use(BANKS / "twelve")
    yield world.shown
    world.store.close()


def shown(bank, name, seed=1):
    from prep.model.session import Item

    return bank.shown(Item(question=name, seed=seed, why="cram"))


def said(bank, name, language, seed=1):
    nudge = hint(shown(bank, name, seed), language)
    return Words(language).note(nudge) if isinstance(nudge, Note) else nudge


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_type_has_a_hint_in_words(bank, name, language):
    assert len(said(bank, name, language)) > 3


@pytest.mark.parametrize("name", ["d-numeric", "e-short", "i-output", "k-shape"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_of_a_hint_is_a_right_typed_answer(bank, name, language):
    question = shown(bank, name).question
    text = said(bank, name, language)
    for part in [text, *text.replace("。", " ").replace("：", " ").split()]:
        try:
            assert not judge(question, Typed(part.strip(".,:"))).right
        except PrepError:
            continue


@pytest.mark.parametrize("seed", range(20))
def test_the_hint_of_a_choice_names_a_wrong_one_by_its_key(bank, seed):
    asked = shown(bank, "a-single", seed)
    key = int(said(bank, "a-single", "en", seed).removeprefix("Not ").removesuffix("."))
    assert not judge(asked.question, Picks((asked.order[key - 1],))).right


def test_the_hint_of_a_bug_leaves_several_lines(bank):
    asked = shown(bank, "j-bug")
    long = replace(asked.question, code="\n".join(["pass"] * 30), lines=(15,))
    values = hint(replace(asked, question=long), "en").values
    assert int(values["low"]) <= 15 <= int(values["high"])
    assert int(values["high"]) - int(values["low"]) == 4


def test_the_wrong_line_is_not_always_in_the_middle(bank):
    asked = shown(bank, "j-bug")
    code = "\n".join(["pass"] * 30)
    places = set()
    for line in range(5, 25):
        values = hint(
            replace(asked, question=replace(asked.question, code=code, lines=(line,))), "en"
        ).values
        places.add(line - int(values["low"]))
    assert places == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("form", ["L2", "F1", "KV", "量化", "a"])
def test_a_short_key_is_not_given_away_whole(bank, form):
    asked = shown(bank, "e-short")
    short = replace(asked, question=replace(asked.question, accept=(form,)))
    nudge = hint(short, "en")
    assert form not in nudge.values.values()


@pytest.mark.parametrize("form", ["-1", "0", "x", "dim"])
def test_a_short_gap_is_not_given_away_whole(bank, form):
    asked = shown(bank, "h-cloze")
    blanks = tuple(replace(blank, accept=(form,)) for blank in asked.question.blanks)
    nudge = hint(replace(asked, question=replace(asked.question, blanks=blanks)), "en")
    assert form not in nudge.values.values()


@pytest.mark.parametrize("value", [1.0, 10.0, 100.0, 0.001, -1.0, -1000.0, 0.0, 1e300, 5e-324])
def test_the_bounds_of_a_number_are_not_the_number(bank, value):
    asked = shown(bank, "d-numeric")
    nudge = hint(replace(asked, question=replace(asked.question, value=value)), "en")
    low, high = float(nudge.values["low"]), float(nudge.values["high"])
    assert low < value < high


def test_two_pairs_of_a_matching_are_not_settled_by_one(bank):
    asked = shown(bank, "g-matching")
    response = key_response(asked.question)
    assert len(response.rights) > 1
    assert set(hint(asked, "en").values) == {"left", "right"}


def test_the_author_s_hint_goes_first(bank):
    asked = shown(bank, "e-short")
    own = replace(asked, question=replace(asked.question, hint=Text(en="Think.", zh="想想。")))
    assert (hint(own, "en"), hint(own, "zh")) == ("Think.", "想想。")
