"""The statistics screen. `python -m tests.ui.test_stats` writes its pictures anew: look at them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console
from rich.theme import Theme

from prep.model.statistics import (
    Bin,
    Calibration,
    Exam,
    Group,
    Load,
    Mastery,
    Stats,
    Streak,
)
from prep.model.text import Text
from prep.ui.console import STYLES, make_console
from prep.ui.stats import stats_screen
from prep.ui.words import Words
from prep.ui.wrap import page

PICTURES = Path(__file__).parent / "pictures"
TODAY = date(2026, 11, 22)
TOPICS = (
    ("metrics", "Metrics and evaluation", "指标与评测", 120, 0.83),
    ("privacy", "Privacy, security and compliance", "隐私、安全与合规", 48, 0.5),
    ("tuning", "Tuning, optimisation and fine-tuning", "调优、优化与微调", 1204, 0.07),
)
TAGS = (
    ("gradient-buckets-and-overlap", "gradient buckets, overlap, no_sync", "梯度分桶", 5, 0.31),
    ("kv-cache", "KV cache and its management", "KV cache 及其管理", 12, 0.44),
    ("roc-pr-curves", "ROC AUC and PR AUC", "ROC AUC 与 PR AUC", 9, 0.6),
)  # fmt: skip
BINS = (
    Bin(0.5, 0.7, 24, 0.62, 0.71),
    Bin(0.85, 0.9, 310, 0.88, 0.85),
    Bin(0.9, 0.95, 1042, 0.93, 0.93),
)


def studied():
    """Return answers of 40 weeks with holidays."""
    random = Random(3)
    days = (TODAY - timedelta(days=ahead) for ahead in range(280, -1, -1))
    kept = [day for day in days if day.month != 8 and random.random() < 0.8]
    return {day: random.randrange(1, 45) for day in kept}


def level(number):
    mastery = Mastery(str(number), 40 * number, 0.8, 1 - number / 6)
    return Group(id=str(number), name=None, mastery=mastery)


def group(id_, en, zh, count, known, topic=""):
    return Group(id=id_, name=Text(en, zh), mastery=Mastery(id_, count, known, known), topic=topic)


EXAM = Exam(
    day=date(2027, 1, 15),
    load=Load(tuple(float(n * n % 37) for n in range(54))),
    base=0.9,
    wanted=0.9,
    highest=0.97,
    rises=date(2026, 12, 16),
    looks=date(2027, 1, 1),
    new=10,
    unseen=121,
)
FULL = Stats(
    today=TODAY,
    answers=4321,
    seen=152,
    questions=273,
    days=studied(),
    streak=Streak(6, 19),
    calibration=Calibration(1376, 0.91, 0.9, 0.312, 0.334, 0.02, BINS),
    topics=tuple(group(*topic) for topic in TOPICS),
    levels=tuple(map(level, (1, 2, 3))),
    weakest=tuple(group(*tag, "x") for tag in TAGS),
    forecast=(21, 13, 8, 0, 5, 1, *([3, 0, 7, 2] * 6)),
    suspended=2,
    leeches=1,
    exam=EXAM,
)
EMPTY = Stats(
    today=TODAY, answers=0, seen=0, questions=273, days={}, streak=Streak(0, 0), calibration=None,
    topics=(), levels=(), weakest=(), forecast=(0,) * 30, suspended=0, leeches=0,
)  # fmt: skip
CASES = [(language, width) for language in ("en", "zh") for width in (40, 80)]


def drawn(stats, language="en", width=80):
    """Return the screen as plain text."""
    console = make_console(io.StringIO(), plain=True, width=width)
    console.print(page(stats_screen(stats, Words(language), width)))
    return console.file.getvalue()


def picture(language, width):
    return PICTURES / f"stats.{language}.{width}.txt"


@pytest.mark.parametrize(("language", "width"), CASES)
def test_the_screen_is_the_one_that_was_looked_at(language, width):
    assert drawn(FULL, language, width) == picture(language, width).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 47, 66, 71, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(language, width):
    assert max(map(cell_len, drawn(FULL, language, width).splitlines())) <= width


@pytest.mark.parametrize("width", [10, 20, 35])
def test_a_tiny_terminal_is_no_error(width):
    assert "2026-12-16" in drawn(FULL, "en", width).replace("\n", "")


def test_what_counts_is_never_dimmed(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="standard", width=80,
        theme=Theme(STYLES, inherit=False),
    )  # fmt: skip
    console.print(page(stats_screen(FULL, Words("en"), 80)))
    text = console.file.getvalue()
    assert text.count("\x1b[32m") > 200
    assert "\x1b[2;32m" not in text


def test_bars_of_one_section_stand_below_each_other():
    for width in (40, 80):
        for language in ("en", "zh"):
            lines = drawn(FULL, language, width).splitlines()
            rows = [line for line in lines if line.startswith(tuple(t[1][:8] for t in TOPICS))]
            rows += [line for line in lines if line.startswith(tuple(t[2][:4] for t in TOPICS))]
            assert len(rows) == 3
            assert len({cell_len(row) for row in rows}) == 1


def test_without_answers_the_next_step_is_named():
    assert drawn(EMPTY) == (
        "No question has been answered yet, so there is nothing to show.\n"
        "`prep quiz` asks the first of 273 questions; then this page fills.\n"
    )
    assert drawn(EMPTY, "zh") == (
        "还没有答过题，暂时没有可显示的内容。\n"
        "`prep quiz` 从 273 道题中开始提问；答过之后这里就有内容了。\n"
    )


def test_an_exam_is_planned_before_the_first_answer():
    assert "Exam on 2027-01-15, in 54 d" in drawn(replace(EMPTY, exam=EXAM))


def test_after_the_first_day_each_section_says_what_it_waits_for():
    text = drawn(replace(EMPTY, answers=2, days={TODAY: 2}, streak=Streak(1, 1)))
    assert "No reviews yet: they begin the day after a first answer." in text
    assert "Only first answers, reviews and mock exams count here: there are none yet." in text
    assert "No sub-topic has five answers yet." in text
    assert "Today: 0. Within 7 days: 0. Within 30 days: 0." in text


@pytest.mark.parametrize(
    ("own", "plain", "said"),
    [
        (0.3, 0.4, "the schedule knows more than that."),
        (0.4, 0.3, "so far it predicts better than the schedule."),
        (0.3001, 0.3002, "has the same."),
    ],
)
def test_the_losses_are_compared_in_words(own, plain, said):
    found = Calibration(200, 0.9, 0.9, own, plain, 0.0, BINS)
    assert drawn(replace(FULL, calibration=found)).replace("\n", " ").count(said) == 1


def test_few_reviews_are_said_to_be_few():
    few = Calibration(99, 0.9, 0.9, 0.3, 0.4, 0.0, BINS)
    sentence = "With fewer than 100 reviews these numbers still say little."
    assert sentence in drawn(replace(FULL, calibration=few))
    assert sentence not in drawn(FULL)


def test_a_retention_over_that_of_the_eve_does_not_rise():
    steady = replace(EXAM, base=0.97, wanted=0.97)
    assert "Recall aimed for: 97%.\n" in drawn(replace(FULL, exam=steady))


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for case in CASES:
        picture(*case).write_text(drawn(FULL, *case), encoding="utf-8")
