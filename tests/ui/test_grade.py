"""What a learner reads after a grading, and while it runs."""

from __future__ import annotations

import io

import pytest
from msgspec import structs
from rich.cells import cell_len

from prep.exercises.catalog import read_exercise
from prep.model.judgement import Note
from prep.model.text import Text
from prep.model.verdict import WORST_FIRST, CheckResult, Frame, Output, Report
from prep.ui.console import make_console
from prep.ui.grade import report_lines, summary_lines
from prep.ui.grade_live import Going, check_line, going_line, going_lines
from prep.ui.words import Words
from prep.ui.wrap import page
from tests.grading.conftest import HERE

DIFFERS = Note(
    "grade-differs",
    {"what": "double(x)", "expected": "2.5", "got": "3.75", "where": "[0, 1]", "count": "3/15",
     "worst": "1.25"},
)  # fmt: skip
FRAME = Frame(7, "double", "return 3 * x")
PASSED = tuple(
    CheckResult(f"test_{name}", "passed") for name in ("double", "total", "leaves_input")
)


@pytest.fixture(scope="module")
def exercise():
    return read_exercise(HERE / "plain")[0]


def report(verdict="passed", *, first=PASSED[0], **more):
    values = {"verdict": verdict, "checks": (first, *PASSED[1:]), **more}
    return Report(exercise="plain", weights=(2, 1, 1), seed=5, device="cpu", seconds=1.25, **values)


FAILED = report("failed", first=CheckResult("test_double", "failed", DIFFERS, verdict="failed"))


def printed(parts, width=80):
    stream = io.StringIO()
    make_console(stream, plain=True, width=width).print(page(parts))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def lines_of(exercise, found, *, lang="en", width=80, **more):
    return printed(report_lines(exercise, found, "at/mine.py", Words(lang), **more), width)


def test_a_report_begins_with_the_verdict_then_what_to_do_then_the_checks(exercise):
    assert lines_of(exercise, FAILED) == [
        "Not right yet · plain · 3 of 3 checks ran, 2 passed, score 50% · 1.2 s",
        "One ✗ is left. Stuck? `prep hint plain`",
        "",
        "✗ double",
        "  double(x): 3/15 values differ, by 1.25 at most.",
        "    expected  2.5",
        "    actual    3.75",
        "    first at  [0, 1]",
        "  Twice.",
        "✓ total",
        "✓ input",
    ]


def test_in_chinese(exercise):
    lines = lines_of(exercise, FAILED, lang="zh")
    assert lines[0] == "还不正确 · plain · 共 3 项检查，运行 3 项，通过 2 项，得分 50% · 1.2 s"
    assert lines[3:9] == [
        "✗ 两倍",
        "  double(x)：3/15 个值不同，最多相差 1.25。",
        "    期望  2.5",
        "    实际  3.75",
        "    首处  [0, 1]",
        "  两倍。",
    ]


def test_checks_that_were_shown_as_passed_are_not_shown_again(exercise):
    lines = lines_of(exercise, FAILED, passed_too=False)
    assert [line for line in lines if line.startswith("✓")] == []
    assert "✗ double" in lines


def test_what_the_solution_raised_comes_with_her_own_lines_only(exercise):
    note = Note("grade-raised", {"line": "7", "type": "ValueError", "text": "no"})
    raised = CheckResult("test_double", "error", note, frames=(FRAME,), verdict="failed")
    lines = lines_of(exercise, report("failed", first=raised))
    assert lines[3:7] == [
        "✗ double  error",
        "  Line 7 raised ValueError: no",
        "    mine.py:7  return 3 * x",
        "  Twice.",
    ]


def test_a_file_that_cannot_be_loaded_has_no_list_of_checks(exercise):
    note = Note("grade-syntax", {"line": "7", "type": "SyntaxError", "text": "invalid syntax"})
    silent = tuple(structs.replace(check, outcome="not_run") for check in PASSED)
    broken = report("broken", note=note, frames=(FRAME,), checks=silent)
    assert lines_of(exercise, broken) == [
        "Your file cannot be loaded · plain",
        "Line 7: SyntaxError: invalid syntax",
        "    mine.py:7  return 3 * x",
        "Mend this first: no check could run.",
    ]


def test_the_reason_of_the_whole_is_not_repeated_at_the_check(exercise):
    note = Note("grade-late", {"what": "double", "limit": "1", "cpu": "1.0"})
    late = CheckResult("test_double", "timed_out", note, verdict="timed_out")
    lines = lines_of(exercise, report("timed_out", first=late, note=note))
    assert sum("double did not finish" in line for line in lines) == 1
    assert "✗ double  timed out" in lines


def test_an_authors_own_sentence_is_said_in_her_language(exercise):
    said = CheckResult("test_double", "failed", said=Text("Odd **one**.", "**怪**。"))
    assert "  Odd one." in lines_of(exercise, report("failed", first=said))
    assert "  怪。" in lines_of(exercise, report("failed", first=said), lang="zh")


def test_what_strangers_say_cannot_move_the_cursor_or_imitate_us(exercise):
    evil = "\x1b[2J\x1b[31m✓ 2**3\r\u202e"
    note = Note("grade-raised", {"line": "7", "type": "E", "text": evil})
    frame = Frame(7, "f", evil)
    raised = CheckResult("test_double", "error", note, frames=(frame,), verdict="failed")
    found = report("failed", first=raised, stdout=Output(evil, 20), stderr=Output(evil, 20))
    text = "\n".join(lines_of(exercise, found, width=100))
    assert not set("\x1b\r\u202e") & set(text)
    assert text.count(r"\x1b[2J\x1b[31m✓ 2**3\r\u202e") == 4


def test_what_was_printed_is_shown_shortly_and_counted_in_full(exercise):
    found = report(stdout=Output("x" * 5000, 1_000_000), stderr=Output("careful\n", 8))
    lines = lines_of(exercise, found)
    assert "Your code printed (1,000,000 bytes):" in lines
    assert "… `--json` has the first 64 KiB." in lines
    assert lines[-2:] == ["Your code wrote to standard error (8 bytes):", "  │ careful"]
    assert sum(line.count("x") for line in lines if line.startswith("  │")) <= 2000


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", WORST_FIRST)
def test_no_line_is_wider_than_the_terminal(exercise, verdict, lang, width):
    found = structs.replace(FAILED, verdict=verdict, stdout=Output("printed " * 40, 320))
    lines = lines_of(exercise, found, lang=lang, width=width)
    assert max(map(cell_len, lines)) <= width
    assert lines[0].startswith(Words(lang).say(f"verdict-{verdict}")[:20])


def test_several_reports_are_summed_up_in_a_table():
    lines = printed(summary_lines([report(), FAILED], Words("en"), 80))
    assert lines == [
        "",
        "exercise  verdict        score   time",
        "plain     Passed          100%  1.2 s",
        "plain     Not right yet    50%  1.2 s",
    ]


def going(exercise):
    state = Going(exercise)
    for name, outcome in (("test_double", "failed"), ("test_total", "passed")):
        state.hear(name)
        state.hear(CheckResult(name, outcome))
    return state


def test_first_the_libraries_are_named_that_are_being_loaded(exercise):
    lines = printed([going_lines(Going(exercise), Words("en"), height=20, seconds=0)])
    assert lines == ["⠋ Loading numpy …"]
    again = Going(exercise, loaded=True)
    assert printed([going_line(again, Words("zh"), seconds=0)]) == ["⠋ 正在评分……"]


def test_each_check_that_has_ended_has_its_line_and_the_running_one_is_named(exercise):
    state = going(exercise)
    state.hear("test_leaves_input")
    lines = printed([going_lines(state, Words("en"), height=20, seconds=0.09)])
    assert lines == ["✗ double", "✓ total", "⠙ input  3/3"]
    assert printed([going_line(state, Words("en"), seconds=0)]) == ["✗✓ ⠋ input  3/3"]


def test_a_low_terminal_shows_the_latest_lines(exercise):
    assert len(printed([going_lines(going(exercise), Words("en"), height=4, seconds=0)])) == 1
    assert printed([going_lines(going(exercise), Words("en"), height=5, seconds=0)])[0] == "✓ total"


def test_a_long_title_stays_on_one_line(exercise):
    title = structs.replace(exercise.checks[0], title=Text("very " * 30, "很" * 80))
    long = structs.replace(exercise, checks=(title, *exercise.checks[1:]))
    state = Going(long, running="test_double")
    for lang in ("en", "zh"):
        lines = printed([going_lines(state, Words(lang), height=9, seconds=0)], width=40)
        assert len(lines) == 1
        assert cell_len(lines[0]) <= 40


def test_while_the_reference_runs_it_is_said_why(exercise):
    state = Going(exercise, measuring=True)
    assert "A limit of time was hit" in printed([going_line(state, Words("en"), seconds=0)], 120)[0]
    state.hear("test_double")
    assert "double" in printed([going_line(state, Words("en"), seconds=0)])[0]


def test_a_line_of_a_check_tells_by_its_mark_alone(exercise):
    words = Words("en")
    marks = [check_line(exercise, "test_total", outcome, words).plain[0]
             for outcome in ("passed", "failed", "error", "timed_out", "not_run")]  # fmt: skip
    assert marks == ["✓", "✗", "✗", "✗", "·"]
