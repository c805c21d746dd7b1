from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.core.answers import answers
from prep.core.statistics import (
    FEWEST,
    Fact,
    by_level,
    by_tag,
    by_topic,
    calendar,
    forecast,
    recent,
    streak,
    weakest,
)
from prep.model.review import Card, Memory
from prep.model.statistics import Streak

DAY = date(2026, 3, 1)
FACTS = {
    "c": Fact("metrics", 1, ("auc",), guess=0.25),
    "t": Fact("tuning", 2, ("lora", "lr")),
}


def days(*ahead):
    return [DAY + timedelta(days=n) for n in ahead]


def card(due, **values):
    memory = Memory(5, 5, DAY - timedelta(days=90), DAY + timedelta(days=due), 1, 0)
    return Card(question=f"q{due}", meaning=1, memory=memory, **values)


def test_the_calendar_counts_answers_of_each_study_day(make_entry):
    first = make_entry()
    entries = [first, make_entry("cram", 0.1), make_entry("practice", 0.2), make_entry(days=3)]
    entries += [make_entry("suspend", 3), make_entry("easy", 3, target=first.uid)]
    assert calendar(answers(entries)) == {DAY: 3, DAY + timedelta(days=3): 1}


@pytest.mark.parametrize(
    ("studied", "today", "expected"),
    [
        ((), 0, Streak(0, 0)),
        ((0, 1, 2), 2, Streak(3, 3)),
        ((0, 1, 2), 3, Streak(3, 3)),
        ((0, 1, 2), 4, Streak(0, 3)),
        ((0, 1, 2, 5), 5, Streak(1, 3)),
    ],
)
def test_a_streak_holds_until_a_whole_day_was_missed(studied, today, expected):
    assert streak(days(*studied), days(today)[0]) == expected


def test_mastery_is_corrected_for_guessing(make_entry):
    events = answers([make_entry(question="c", days=n, score=s) for n, s in enumerate((1, 1, 0))])
    (topic,) = by_topic(recent(events, FACTS), FACTS)
    assert (topic.name, topic.answers) == ("metrics", 3)
    assert topic.score == pytest.approx(2 / 3)
    assert topic.known == pytest.approx((2 / 3 - 1 / 4) / (3 / 4))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0, 1))
def test_mastery_lies_between_nothing_and_all(make_entry, scores, guess):
    events = answers([make_entry(question="c", days=n, score=s) for n, s in enumerate(scores)])
    facts = {"c": Fact("metrics", 4, (), guess)}
    (level,) = by_level(recent(events, facts), facts)
    assert level.name == "4"
    assert 0 <= level.known <= 1


def test_only_the_three_latest_answers_to_a_question_count(make_entry):
    events = answers([make_entry(question="t", days=n, score=float(n > 4)) for n in range(8)])
    assert by_topic(recent(events, FACTS), FACTS)[0].known == 1.0


def test_practice_cram_and_unknown_questions_say_nothing(make_entry):
    entries = [make_entry("practice", question="t"), make_entry("cram", question="t")]
    entries.append(make_entry(question="gone"))
    assert by_topic(recent(answers(entries), FACTS), FACTS) == []


def test_answers_to_an_older_meaning_say_nothing(make_entry):
    old = answers([make_entry(question="t", meaning=2)])
    assert recent(old, FACTS) == {}


def test_a_question_counts_for_each_of_its_tags(make_entry):
    names = [group.name for group in by_tag({"t": [1.0]}, FACTS)]
    assert names == ["tuning/lora", "tuning/lr"]


def tagged(make_entry, scores):
    """Return scores and facts of questions with a tag each, answered with these scores."""
    facts, entries = {}, []
    for tag, found in scores.items():
        for number, score in enumerate(found):
            facts[f"{tag}{number}"] = Fact("x", 1, (tag,))
            entries.append(make_entry(question=f"{tag}{number}", score=score))
    return recent(answers(entries), facts), facts


def test_the_weakest_come_first_and_few_answers_are_not_judged(make_entry):
    scores = {"good": [1] * 9, "bad": [0] * 9, "few": [0] * (FEWEST - 1)}
    names = [group.name for group in weakest(*tagged(make_entry, scores))]
    assert names == ["x/bad", "x/good"]


def test_a_small_sample_is_drawn_towards_the_average(make_entry):
    scores = {"small": [0] * 5, "large": [0] * 50, "rest": [1] * 60}
    found = {group.name: group.known for group in weakest(*tagged(make_entry, scores))}
    assert found["x/large"] < found["x/small"] < found["x/rest"]


def test_at_most_twelve_sub_topics_are_named(make_entry):
    assert len(weakest(*tagged(make_entry, {f"t{n:02}": [0] * 5 for n in range(20)}))) == 12


def test_the_forecast_puts_the_overdue_on_today():
    cards = [card(-5), card(0), card(1), card(29), card(30), card(2, suspended=True)]
    cards.append(Card(question="new", meaning=1))
    assert forecast(cards, DAY) == (2, 1, *[0] * 27, 1)


def test_the_forecast_knows_the_last_looks_before_an_exam():
    counts = forecast([card(300 + n) for n in range(50)], DAY, exam=DAY + timedelta(days=20))
    assert sum(counts[6:20]) == sum(counts) == 50
