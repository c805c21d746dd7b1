from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.learners import (
    BEGIN,
    END,
    PAGE,
    SCHEDULERS,
    learner,
    results,
    study,
    written,
)
from tests.benchmarks.learners_table import SHIPPED, Curve, Point, rendered
from tests.benchmarks.memories import MODELS
from tests.benchmarks.schedulers import Course, LastWeeks, Leitner, Prep, RandomOrder, Sm2

TINY = Course(items=10, days=30, new=5)
ITEMS = np.arange(10)
RIGHT, WRONG = np.ones(10, dtype=bool), np.zeros(10, dtype=bool)


class Perfect:
    def recall(self, items, day):
        return np.ones(items.size)

    def study(self, items, day, recalled):
        pass


@pytest.fixture(params=MODELS)
def brain(request):
    return MODELS[request.param](np.random.default_rng(3), 10)


def test_what_was_never_studied_is_not_recalled(brain):
    assert not brain.recall(ITEMS, 5).any()


def test_recall_falls_with_time_and_never_leaves_nought_to_one(brain):
    brain.study(ITEMS, 0, WRONG)
    recalls = np.array([brain.recall(ITEMS, day) for day in range(1, 200)])
    assert (np.diff(recalls, axis=0) < 0).all()
    assert ((recalls >= 0) & (recalls <= 1)).all()


def test_success_lengthens(brain):
    brain.study(ITEMS, 0, WRONG)
    once = brain.recall(ITEMS, 4)
    brain.study(ITEMS, 4, RIGHT)
    assert (brain.recall(ITEMS, 8) > once).all()


@pytest.mark.parametrize("model", ["half-life", "two components"])
def test_failure_leaves_less_than_success(model):
    after = []
    for outcome in (RIGHT, WRONG):
        brain = MODELS[model](np.random.default_rng(3), 10)
        for day, recalled in ((0, WRONG), (2, RIGHT), (6, outcome)):
            brain.study(ITEMS, day, recalled)
        after.append(brain.recall(ITEMS, 12))
    assert (after[0] > after[1]).all()


def test_spaced_study_is_remembered_longer_than_massed_study():
    for make in MODELS.values():
        massed, spaced = (make(np.random.default_rng(3), 10) for _ in range(2))
        for near, far in ((0, 0), (1, 4), (2, 8)):
            massed.study(ITEMS, near, RIGHT)
            spaced.study(ITEMS, far, RIGHT)
        assert spaced.recall(ITEMS, 8 + 60).mean() > massed.recall(ITEMS, 2 + 60).mean()


def test_what_was_known_before_lasts_longer():
    for make in MODELS.values():
        known, read = (make(np.random.default_rng(3), 10) for _ in range(2))
        known.study(ITEMS, 0, RIGHT)
        read.study(ITEMS, 0, WRONG)
        assert (known.recall(ITEMS, 7) > read.recall(ITEMS, 7)).all()


def test_the_same_seed_gives_the_same_table():
    course = Course(items=6, days=10, new=3)
    assert rendered(results(course, 1)) == rendered(results(course, 1))


def test_a_perfect_memory_needs_few_reviews():
    course = Course(items=10, days=365, new=5)
    who = replace(learner(course, "half-life", 0), known=1.0)
    ordinary = study(who, Prep(course, 0.9), who.brain())
    perfect = study(who, Prep(course, 0.9), Perfect())
    assert perfect.exam == 1
    assert perfect.answers <= 8
    assert perfect.answers < 0.5 * ordinary.answers


def test_nobody_studies_on_days_off_or_beyond_the_budget():
    who = replace(learner(TINY, "activation", 0), away=np.ones(30, dtype=bool))
    assert study(who, RandomOrder(TINY, 10), who.brain()).answers == 0
    eager = replace(who, away=np.zeros(30, dtype=bool), budget=3)
    assert study(eager, RandomOrder(TINY, 10), eager.brain()).answers == 30 * 3 / TINY.items


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_introduces_every_question(name):
    make, knobs = SCHEDULERS[name]
    who = learner(TINY, "half-life", 1)
    assert study(who, make(TINY, knobs[2]), who.brain()).answers >= 1


def test_sm_2_takes_one_day_then_six_then_multiplies_by_the_ease():
    scheduler, day, gaps = Sm2(TINY, 1), 0, []
    for right in (True, True, True, False, True, True, True):
        scheduler.answered(0, day, right=right)
        gaps.append(int(scheduler.due_day[0]) - day)
        day += gaps[-1]
    assert gaps == [1, 6, 15, 1, 1, 6, 13]


def test_leitner_moves_up_a_box_and_falls_to_the_first():
    scheduler, gaps = Leitner(TINY, 1), []
    for right in (False, True, True, True, True, True, False):
        scheduler.answered(0, 0, right=right)
        gaps.append(int(scheduler.due_day[0]))
    assert gaps == [1, 2, 4, 8, 16, 16, 1]


def test_last_weeks_ask_nothing_before_and_the_longest_unseen_first():
    scheduler = LastWeeks(TINY, 5)
    for item, day in ((2, 3), (7, 1), (4, 2)):
        scheduler.answered(item, day, right=True)
    assert scheduler.due(24).size == 0
    assert scheduler.due(25).tolist() == [7, 4, 2]


def curve_of(*exams):
    """Costs of 8, 7, 6… answers by knob, with these recalls."""
    points = tuple(Point(8 - at, exam, exam) for at, exam in enumerate(exams))
    return Curve(tuple(range(len(exams))), points)


def test_answers_for_the_goal_are_read_between_two_settings():
    curve = curve_of(0.95, 0.85, 0.5)
    assert curve.needed().answers == pytest.approx(7.5, abs=0.02)
    assert curve.best(6.5) == pytest.approx(0.675, abs=0.01)
    assert not curve.at_its_end()


def test_a_knob_whose_end_suffices_says_so():
    assert curve_of(0.99, 0.95).at_its_end()


def test_a_costly_setting_with_less_recall_does_not_count():
    points = (Point(9, 0.7, 0.7), Point(5, 0.9, 0.9), Point(7, 0.95, 0.95))
    curve = Curve((1, 2, 3), points)
    assert curve.needed() == points[1]
    assert curve.best(9) == 0.95
    assert curve.best(1) == 0.9


def test_a_goal_out_of_reach_is_no_point():
    assert curve_of(0.6, 0.5).needed() is None


def test_the_untuned_setting_is_among_those_tried():
    assert all(knob in SCHEDULERS[name][1] for name, knob in SHIPPED.items())


def test_the_page_has_a_place_for_the_tables():
    page = written(PAGE.read_text("utf-8"), "new")
    assert f"{BEGIN}\n\nnew\n\n{END}" in page
    with pytest.raises(ValueError, match="lacks the marks"):
        written("no marks", "new")
