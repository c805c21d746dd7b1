"""What the shipped bank promises as a whole."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from prep.bank.rules import check
from prep.bank.rules.whole import MAX_LONGEST, longest_share, position_spread
from prep.bank.variants import is_drawn
from prep.model.question import Bug, Output, Question
from tests.questions.proving import shipped_bank

TOPICS = {
    "framework-choice", "preprocessing", "tuning", "metrics", "quantization", "privacy",
    "deployment", "pretraining", "distributed", "applications", "business", "foundations",
}  # fmt: skip
# The prose questions of the five articles, by article and number.
ARTICLE_QUESTIONS = {"000": 5, "001": 3, "002": 2, "003": 5, "004": 5}


@pytest.fixture(scope="module")
def bank():
    return shipped_bank()


def questions(bank):
    return [loaded.question for loaded in bank.questions]


def kind(question):
    return str(type(question).__struct_config__.tag)


def test_no_rule_finds_anything_in_the_shipped_bank(bank):
    assert check(bank, run_generators=True) == []


def test_there_are_at_least_160_questions_and_ten_in_each_topic(bank):
    by_topic = Counter(loaded.file.topic for loaded in bank.questions)
    assert set(by_topic) == TOPICS
    assert by_topic.total() >= 160
    assert min(by_topic.values()) >= 10


def test_every_type_is_used_at_least_five_times(bank):
    by_type = Counter(kind(question) for question in questions(bank))
    assert set(by_type) == {str(each.__struct_config__.tag) for each in Question.__args__}
    assert min(by_type.values()) >= 5


def test_at_least_fifty_keys_are_computed_or_executed(bank):
    run = [q for q in questions(bank) if is_drawn(q) or isinstance(q, Output | Bug)]
    assert len(run) >= 50


def test_every_prose_question_of_the_articles_is_asked(bank):
    asked = {ref for question in questions(bank) for ref in question.articles}
    wanted = {f"{a}-p{n}" for a, last in ARTICLE_QUESTIONS.items() for n in range(1, last + 1)}
    assert wanted <= asked


def test_at_least_a_hundred_questions_are_built_on_the_articles_mistakes(bank):
    mistake = re.compile(r"-[ed]\d+$")
    built = [q for q in questions(bank) if any(mistake.search(ref) for ref in q.articles)]
    assert len(built) >= 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_right_option_is_seldom_the_longest(bank, language):
    assert longest_share(bank, language) <= MAX_LONGEST


def test_the_right_option_stands_anywhere(bank):
    for size, shares in position_spread(bank).items():
        assert max(shares) < 1.4 / size, (size, shares)


def test_every_question_was_checked_lately_and_has_a_source(bank):
    for question in questions(bank):
        assert date(2026, 1, 1) <= question.checked <= date.today(), question.id  # noqa: DTZ011
        assert question.sources, question.id


def test_each_level_is_used_in_the_bank_and_no_topic_is_all_easy(bank):
    levels = Counter(question.level for question in questions(bank))
    assert set(levels) == {1, 2, 3, 4, 5}
    for topic in TOPICS:
        highest = max(x.question.level for x in bank.questions if x.file.topic == topic)
        assert highest >= 4, topic


def test_ids_do_not_tell_the_answer_of_a_short_question(bank):
    for question in questions(bank):
        for form in getattr(question, "accept", ()):
            slug = form.casefold().replace(" ", "-")
            assert slug not in question.id or len(slug) < 4, question.id
