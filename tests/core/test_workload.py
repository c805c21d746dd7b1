from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.exam import last_look
from prep.core.workload import Plan, workload
from prep.model.review import Card, Memory

TODAY = date(2026, 12, 1)


def cards(number, due=5):
    memory = Memory(20, 5, TODAY - timedelta(days=20), TODAY + timedelta(days=due), 3, 0)
    return [Card(question=f"q{n}", meaning=1, memory=memory) for n in range(number)]


def plan(days, **values):
    return Plan(today=TODAY, exam=TODAY + timedelta(days=days), **values)


def test_after_the_exam_there_is_nothing_to_do():
    for days in (0, -3):
        assert workload(cards(5), plan(days)).days == ()
        assert workload([], plan(days)).average == 0


def test_there_is_a_number_for_each_day_before_the_exam():
    assert len(workload(cards(5), plan(40)).days) == 40


def test_each_card_is_seen_by_its_last_look():
    found = workload(cards(1, due=300), plan(40, base=0.7)).days
    look = (last_look("q0", 1, TODAY + timedelta(days=40)) - TODAY).days
    assert found.index(1) == look


def test_a_higher_base_costs_more_reviews():
    assert workload(cards(60), plan(90, base=0.95)).average > 1.5 * (
        workload(cards(60), plan(90, base=0.8)).average
    )


def test_new_questions_bring_reviews():
    assert workload([], plan(30, new=5, unseen=50)).average > 1
    assert workload([], plan(30, new=0, unseen=50)).average == 0


def test_suspended_and_new_cards_bring_none():
    idle = [Card(question="n", meaning=1), *(_suspended(card) for card in cards(3))]
    assert workload(idle, plan(40)).most == 0


def test_the_same_cards_give_the_same_days_in_any_order():
    assert workload(cards(30), plan(30)) == workload(reversed(cards(30)), plan(30))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(-40, 400))
def test_every_card_is_reviewed_at_least_once(days, due):
    assert sum(workload(cards(10, due), plan(days)).days) >= 10 or days < 15


def test_of_many_cards_a_sample_stands_for_all():
    load = workload(cards(1500), plan(30))
    assert abs(load.average / workload(cards(375), plan(30)).average / 4 - 1) < 0.1


def _suspended(card):
    return Card(question=card.question, meaning=1, memory=card.memory, suspended=True)
