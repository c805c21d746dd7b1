"""A thousand variants of every drawn question: one key, apart from every mistake."""

from __future__ import annotations

import math
import re

import pytest

from prep.bank.variants import draw, fill, is_drawn
from prep.core.judge import judge
from prep.core.keys import key_response, near_responses
from prep.model.question import Numeric, Single
from tests.questions.proving import shipped_bank

DRAWN = [loaded for loaded in shipped_bank().questions if is_drawn(loaded.question)]
IDS = [loaded.question.id for loaded in DRAWN]
LEFT_OVER = re.compile(r"\$[A-Za-z_]|\$\{")


def variants(loaded):
    for seed in range(1000):
        drawn = draw(loaded.file.twin, loaded.question.computed, seed)
        yield drawn, fill(loaded.question, drawn)


@pytest.mark.parametrize("loaded", DRAWN, ids=IDS)
def test_each_variant_has_one_key_and_explains_every_mistake(loaded):
    for drawn, question in variants(loaded):
        assert set(drawn.wrong) == set(loaded.question.mistakes)
        assert judge(question, key_response(question)).right
        for form, response in near_responses(question):
            assert not judge(question, response).right, (form, drawn)
        if isinstance(question, Single):
            for language in ("en", "zh"):
                texts = [option.text[language] for option in question.options]
                assert len(set(texts)) == len(texts), texts


@pytest.mark.parametrize("loaded", DRAWN, ids=IDS)
def test_each_variant_is_sane_and_fills_its_words(loaded):
    for drawn, question in variants(loaded):
        if isinstance(question, Numeric):
            assert math.isfinite(question.value)
            assert question.value == 0 or 1e-12 < abs(question.value) < 1e26, drawn
        for language in ("en", "zh"):
            assert question.prompt[language].strip()
            assert not LEFT_OVER.search(question.prompt[language])


@pytest.mark.parametrize("loaded", DRAWN, ids=IDS)
def test_the_same_seed_draws_the_same_question(loaded):
    twin, name = loaded.file.twin, loaded.question.computed
    assert draw(twin, name, 7) == draw(twin, name, 7)
    assert len({str(draw(twin, name, seed).show) for seed in range(50)}) >= 5
