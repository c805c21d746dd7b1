"""What is shown and written of a run, without running anything."""

from __future__ import annotations

import io
import json

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from prep.model.demo import Fact, Metric, Progress, Table
from prep.model.judgement import Note
from prep.model.run import Choice, Curve, Failure, RunReport
from prep.model.text import Text
from prep.model.verdict import Frame
from prep.ui.console import make_console
from prep.ui.run import event_lines, report_lines, report_view
from prep.ui.run_live import Going, duration, going, progress_line
from prep.ui.words import Words
from prep.ui.wrap import page

EN, ZH = Words("en"), Words("zh")
REPORT = RunReport(
    exercise="rnn",
    choice=Choice("mine", "rnn/solution.py", Note("run-mine", {"path": "rnn/solution.py"})),
    status="done",
    device="cuda",
    seed=7,
    quick=True,
    seconds=75.4,
    memory=300 << 20,
    device_memory=1500 << 20,
    facts=(Fact("parameters", "1,380"), Fact("data", Text("digits", "手写数字"))),
    curves=(Curve("loss", (1, 2, 3), (1.5, float("nan"), 0.25)),),
    tables=(Table(Text("Results", "结果"), ("model", Text("score", "分数")), (("RNN", "0.9"),)),),
    artefacts=("/runs/1/model.pt",),
    said=(),
    folder="/runs/1",
)


def shown(parts, width=60):
    out = io.StringIO()
    make_console(out, plain=True, width=width).print(page(parts))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def lines(report, words=EN, width=60, *, drawn=False):
    return shown(report_lines(report, words, width, drawn=drawn, coloured=False), width)


def test_the_table_at_the_end_has_metrics_facts_and_what_was_measured():
    assert lines(REPORT) == [
        "loss: 1.5 (1) → 0.25 (3)",
        "Not drawn, since NaN or infinite: 1 values.",
        "",
        "Results",
        "solution     yours",
        "loss         1.5 → 0.25",
        "parameters   1,380",
        "data         digits",
        "time         1:15",
        "peak memory  300 MiB, 1,500 MiB on the device",
        "device       cuda",
        "seed         7",
        "",
        "Kept in /runs/1",
        "  model.pt",
    ]


def test_a_fact_replaces_what_was_measured():
    facts = (Fact("device", "2 × cpu"), Fact("peak memory", "1 GiB"))
    told = lines(replace(REPORT, facts=facts))
    assert "device       2 × cpu" in told
    assert "peak memory  1 GiB" in told
    assert not [line for line in told if "cuda" in line or "300" in line]


def test_in_chinese_the_names_are_chinese():
    told = lines(REPORT, ZH)
    rows = dict(line.split(maxsplit=1) for line in told[4:-3])
    assert (rows["参数量"], rows["数据"], rows["随机种子"]) == ("1,380", "手写数字", "7")


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_no_line_is_wider_than_the_terminal(words, width):
    wide = replace(REPORT, curves=tuple(Curve(f"loss, fold {n}", (1, 9), (1, 2)) for n in range(9)))
    assert max(map(cell_len, lines(wide, words, width, drawn=True))) <= width


def test_a_failure_ends_with_the_learners_lines():
    failure = Failure(Note("run-result", {"type": "TypeError", "text": "\x1b[2J"}), ())
    told = lines(replace(REPORT, status="failed", failure=failure))
    assert "Working with what your solution returned raised TypeError:" in told
    assert "\\x1b[2J" in told
    framed = Failure(Note("grade-unfinished"), (Frame(3, "f", "raise NotImplementedError"),))
    told = lines(replace(REPORT, status="failed", failure=framed))
    assert told[-1] == "    3: raise NotImplementedError"


def test_interrupted_before_anything_was_measured_there_is_no_table():
    early = replace(REPORT, status="interrupted", curves=(), facts=(), artefacts=())
    assert lines(early) == ["", "Kept in /runs/1", "Interrupted before anything was measured."]


def test_json_has_null_for_what_is_no_number_and_names_in_english():
    view = json.loads(json.dumps(report_view(REPORT, ZH), allow_nan=False))
    assert view["metrics"]["loss"] == {"steps": [1, 2, 3], "values": [1.5, None, 0.25]}
    assert view["facts"] == {"parameters": "1,380", "data": "手写数字"}
    assert view["tables"] == [
        {"name": "Results", "head": ["model", "分数"], "rows": [["RNN", "0.9"]]}
    ]
    assert (view["peak_memory_mib"], view["device_memory_mib"]) == (300, 1500)


def test_progress_shows_bars_times_and_the_latest_values():
    state = Going(0.0, "Loading torch …")
    assert shown([going(state, EN, 60, 3.2, coloured=False)]) == ["Loading torch … (3 s)"]
    for step in range(1, 31):
        state.take(Progress(Text("training", "训练"), step, 60), EN, step + 9.0)
        state.take(Metric("loss", step, 1 / step), EN, step + 9.0)
        state.take(Metric("accuracy", step, 0.5), EN, step + 9.0)
    bar, beside, legend, *chart = shown([going(state, EN, 60, 39.0, coloured=False)])
    assert bar.startswith("training █")
    assert bar.endswith("30/60  50%  29 s, 30 s left")
    assert (beside, legend) == ("accuracy 0.5", "loss 0.03333")
    assert len(chart) == 6
    assert progress_line(state, "training") == (
        "training 30/60 · 50% · loss 0.03333 · accuracy 0.5 · 39 s"
    )


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_moving_part_fits_the_terminal(width):
    state = Going(0.0, "")
    for fold in range(9):
        state.take(Progress(f"微调，第 {fold} 折，共五折，名字很长", 3, 7), ZH, 5.0)
        state.take(Metric(f"loss, fold {fold}", 1, 0.123456), ZH, 5.0)
        state.take(Metric(f"loss, fold {fold}", 2, 0.123456), ZH, 6.0)
    told = shown([going(state, ZH, width, 9.0, coloured=True)], width)
    assert max(map(cell_len, told)) <= width


def test_a_table_event_is_shown_in_the_language_of_the_run():
    assert shown(event_lines(REPORT.tables[0], ZH, 60), 60) == [
        "", "结果", "model  分数", "RNN     0.9",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1:00"), (3725, "1:02:05")]
)
def test_times_are_written_as_people_do(seconds, text):
    assert duration(seconds) == text
