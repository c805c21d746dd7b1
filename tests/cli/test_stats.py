"""`prep stats` in a home of its own."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from prep.cli.stats import said_when_slow
from prep.core.days import study_day
from prep.model.review import LogEntry
from prep.store.store import Store
from prep.ui.words import Words

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
ESCAPE = "\x1b"


@pytest.fixture
def studied(home, prep):
    """Answer six questions of the shipped bank on each of four days."""
    listed = json.loads(prep("list", "questions", "--topic", "metrics", "--json").out)
    ids = [question["id"] for question in listed["questions"]][:6]
    with Store.open(home / "progress.sqlite3") as store:
        for day in range(4):
            for number, question in enumerate(ids):
                at = NOW - timedelta(days=3 - day, minutes=30 - number)
                store.record(answer(f"{day}-{number}", at, question, float(number > 1)))
    return ids


def answer(uid, at, question, score):
    return LogEntry(
        uid=uid, at=at, offset=0, day=study_day(at, 0), question=question, revision=1, meaning=1,
        seed=1, kind="learn", score=score,
    )  # fmt: skip


def as_json(result):
    assert (result.code, result.err, result.out.count("\n")) == (0, "", 1)
    return json.loads(result.out)


def test_without_progress_the_next_step_is_named(prep):
    result = prep("stats")
    assert (result.code, result.err) == (0, "")
    first, second = result.out.splitlines()
    assert first == "No question has been answered yet, so there is nothing to show."
    assert second.startswith("`prep quiz` asks the first of ")


def test_without_progress_in_chinese(prep):
    result = prep("--lang", "zh", "stats")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == "还没有答过题，暂时没有可显示的内容。"


@pytest.mark.usefixtures("studied")
def test_all_sections_are_shown(prep):
    lines = prep("stats").out.splitlines()
    heads = [
        "Study days", "Recall: observed and predicted", "Topics", "Levels",
        "Weakest sub-topics", "Reviews due in the next 30 days",
    ]  # fmt: skip
    assert [line for line in lines if line in heads] == heads
    assert "Study days in a row: 4 (longest: 4); in all: 4." in lines
    assert any(line.startswith("Answers: 24. Questions seen: 6 of ") for line in lines)


@pytest.mark.usefixtures("studied")
def test_answers_after_midnight_belong_to_the_day_before(prep, monkeypatch):
    monkeypatch.setenv("PREP_NOW", "2026-11-23T03:59:00+00:00")
    assert as_json(prep("stats", "--json"))["today"] == "2026-11-22"


@pytest.mark.usefixtures("studied")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_screen_fits_the_terminal(prep, monkeypatch, language, width):
    monkeypatch.setenv("COLUMNS", str(width))
    result = prep("stats", "--lang", language)
    assert (result.code, result.err) == (0, "")
    assert max(map(cell_len, result.out.splitlines())) <= width


@pytest.mark.usefixtures("studied")
def test_colours_come_and_go(prep, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured, plain = prep("stats").out, prep("stats", "--plain").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert f"{ESCAPE}[32m" in coloured
    assert ESCAPE not in plain
    assert f"{ESCAPE}[32m" not in prep("stats").out
    assert "░░" in plain


def test_json_without_progress(prep):
    found = as_json(prep("stats", "--json"))
    assert {key: found[key] for key in ("schema", "today", "answers", "days", "recall")} == {
        "schema": 1, "today": "2026-11-22", "answers": 0, "days": {}, "recall": None,
    }  # fmt: skip
    assert (found["topics"], found["weakest"], found["exam"]) == ([], [], None)


@pytest.mark.usefixtures("studied")
def test_json_has_all_numbers(prep):
    found = as_json(prep("--lang", "zh", "stats", "--json"))
    assert list(found) == [
        "schema", "today", "answers", "seen", "questions", "days", "streak", "recall",
        "topics", "levels", "weakest", "due", "suspended", "leeches", "exercises", "exam",
    ]  # fmt: skip
    assert found["days"] == {f"2026-11-{day}": 6 for day in (19, 20, 21, 22)}
    assert found["streak"] == {"current": 4, "longest": 4}
    assert (found["answers"], found["seen"], found["recall"]["count"]) == (24, 6, 18)
    (topic,) = found["topics"]
    assert (topic["id"], topic["name"], topic["answers"]) == ("metrics", "指标与评测", 18)
    assert 0 <= topic["known"] <= topic["score"] <= 1
    assert list(found["due"])[::29] == ["2026-11-22", "2026-12-21"]
    assert sum(found["due"].values()) <= 6


@pytest.mark.usefixtures("studied")
def test_the_exam_date_says_how_many_reviews_a_day_it_means(prep):
    prep("config", "exam", "2027-01-15")
    lines = prep("stats").out.splitlines()
    assert "Exam on 2027-01-15, in 54 d" in lines
    assert any(line.startswith("Reviews a day until then: about ") for line in lines)
    exam = as_json(prep("stats", "--json"))["exam"]
    assert exam["retention"] == {"base": 0.9, "today": 0.9, "eve": 0.97, "rises": "2026-12-16"}
    assert (len(exam["days"]), exam["capped_from"]) == (54, "2027-01-01")
    assert exam["reviews_a_day"] > 0


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("all",), "too many arguments: all", "参数太多：all"),
        (("--topic", "x"), "there is no option --topic.", "没有选项 --topic。"),
        (
            ("--jso",),
            "there is no option --jso. Did you mean --json?",
            "没有选项 --jso。是不是想用 --json？",
        ),
    ],
)
def test_calls_that_cannot_work(prep, arguments, english, chinese):
    result = prep("stats", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"prep: {english}\nTry `prep stats --help`.\n"
    result = prep("--lang", "zh", "stats", *arguments)
    assert result.err == f"prep: {chinese}\n请运行 `prep stats --help` 查看用法。\n"


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_damaged_store_is_left_alone(prep, home, option):
    home.mkdir()
    path = home / "progress.sqlite3"
    path.write_bytes(b"no database at all" * 99)
    result = prep("stats", *option)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"prep: the progress file {path} is damaged (")
    assert path.read_bytes() == b"no database at all" * 99


def test_only_what_is_slow_is_spoken_of(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    with said_when_slow(Words("en"), 30):
        pass
    assert terminal.getvalue() == ""
    with said_when_slow(Words("en"), 0.001):
        time.sleep(0.2)
    assert terminal.getvalue() == "Reading all answers…\n"


def test_a_pipe_hears_nothing(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    with said_when_slow(Words("en"), 0.0):
        time.sleep(0.05)
    assert pipe.getvalue() == ""
