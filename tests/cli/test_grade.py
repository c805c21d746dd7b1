"""`prep grade` as it is called."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from prep.cli.context import Context
from prep.cli.grade_wish import Wish, exit_code, fresh_seed
from prep.cli.places import data_folder
from prep.model.verdict import Report
from prep.store.store import Store
from prep.ui.words import Words
from tests.cli.conftest import environment
from tests.cli.shop import LAUNCH, make_shop
from tests.grading.samples import RIGHT, WRONG

pytest.importorskip("numpy")

KEYS = {
    "exercise", "verdict", "score", "ran", "total", "device", "seed", "seconds", "isolation",
    "message", "frames", "notes", "sha256", "stdout", "stderr", "checks",
    "questions",
}  # fmt: skip
CHECK_KEYS = {
    "name", "title", "outcome", "weight", "counts", "message", "expected", "got", "where", "frames",
    "seconds",
}  # fmt: skip

NOTHING_STARTED = (
    "no exercise is started here: `prep list exercises` shows them, `prep start ID` begins one."
)


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch):
    """Put two plain exercises in the place of the shipped ones, and begin in an empty folder."""
    root = make_shop(tmp_path / "shop", "one", "two")
    for module in ("prep.cli.places", "prep.cli.context"):
        monkeypatch.setattr(f"{module}.shipped", lambda name: root)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return root


@pytest.fixture
def begin(prep):
    """Return a function that starts an exercise with a solution."""

    def begun(name, source):
        assert prep("start", name).code == 0
        Path(name, "solution.py").write_text(source, encoding="utf-8")

    return begun


def write(source):
    Path("mine.py").write_text(source, encoding="utf-8")
    return "mine.py"


def suites_in(file):
    return ET.parse(file).getroot()  # noqa: S314 - our own file


def deeds(kind="attempt"):
    with Store.open(data_folder() / "progress.sqlite3") as store:
        return [deed for deed in store.deeds() if deed.kind == kind]


def test_a_passed_solution_is_told_so_and_stored(prep):
    run = prep("grade", "one", "--file", write(RIGHT), "--seed", 7)
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    assert re.fullmatch(
        r"Passed · one · 3 of 3 checks ran, 3 passed, score 100% · \d\.\d s", lines[0]
    )
    assert lines[1:6] == [
        "Compare it with ours: `prep solution one`", "", "✓ double", "✓ total", "✓ input",
    ]  # fmt: skip
    assert lines[-1] == "The same grading again: prep grade one --file mine.py --seed 7"
    (deed,) = deeds()
    assert (deed.exercise, deed.verdict, deed.score, deed.seed) == ("one", "passed", 1.0, 7)


def test_a_failed_check_says_what_was_expected_and_what_came(prep):
    run = prep("grade", "one", "--file", write(WRONG), "--seed", 7)
    assert run.code == 1
    after = run.out.split("✗ double\n")[1].split("✓ total")[0].splitlines()
    assert after[0].startswith("  double(x): 15/15 values differ, by ")
    assert [line.split()[0] for line in after[1:]] == ["expected", "actual", "first", "Twice."]
    assert deeds()[0].verdict == "failed"


def test_in_chinese(prep):
    run = prep("--lang", "zh", "grade", "one", "--file", write(WRONG), "--seed", 7)
    assert run.out.startswith("还不正确 · one · 共 3 项检查，运行 3 项，通过 2 项，得分 50%")
    assert "还剩一个 ✗。卡住了？`prep hint one`" in run.out


def test_the_starter_is_no_attempt(prep, shop):
    starter = (shop / "one" / "starter.py").read_text(encoding="utf-8")
    run = prep("grade", "one", "--file", write(starter))
    assert run.code == 1
    assert run.out.startswith("Not attempted yet · one\n")
    assert deeds() == []


def test_all_started_exercises_are_graded_and_summed_up(prep, begin):
    begin("one", RIGHT)
    begin("two", WRONG)
    run = prep("grade", "--junit", "all.xml")
    assert run.code == 1
    table = [line.split("  ")[0] for line in run.out.splitlines()[-3:]]
    assert table == ["exercise", "one", "two"]
    assert run.out.splitlines()[-2].split()[1:3] == ["Passed", "100%"]
    assert [deed.exercise for deed in deeds()] == ["one", "two"]
    suites = suites_in("all.xml").findall("testsuite")
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [
        ("one", "0"),
        ("two", "1"),
    ]


def test_named_exercises_are_graded_once_each(prep, begin):
    begin("one", RIGHT)
    begin("two", RIGHT)
    run = prep("grade", "two", "one", "two", "--json")
    names = [result["exercise"] for result in json.loads(run.out)["results"]]
    assert (run.code, names) == (0, ["two", "one"])


def test_a_file_that_has_gone_does_not_stop_the_others(prep, begin):
    begin("one", RIGHT)
    begin("two", RIGHT)
    Path("one/solution.py").unlink()
    Path("one/solution.py").symlink_to("nowhere")
    run = prep("grade", "--json")
    assert run.code == 1
    verdicts = [result["verdict"] for result in json.loads(run.out)["results"]]
    assert verdicts == ["broken", "passed"]


def test_json_is_one_document_and_the_same_seed_gives_the_same_result(prep):
    found = []
    for _ in range(2):
        run = prep("grade", "one", "--file", write(WRONG), "--seed", 11, "--json")
        assert (run.code, run.err) == (1, "")
        (result,) = json.loads(run.out)["results"]
        assert set(result) == KEYS
        assert all(set(check) == CHECK_KEYS for check in result["checks"])
        assert result["checks"][0]["where"] == "[0, 0]"
        for part in (result, *result["checks"]):
            part.pop("seconds")
        found.append(result)
    assert found[0] == found[1]


def test_the_command_that_the_report_names_repeats_it(prep):
    run = prep("grade", "one", "--file", write(WRONG))
    again = run.out.splitlines()[-1].removeprefix("The same grading again: prep ")
    assert measured(prep(*shlex.split(again))) == measured(run)


def test_without_a_seed_each_grading_has_a_fresh_one():
    context = Context("en", Words("en"), plain=True)
    fresh = {fresh_seed(context, Wish(names=())) for _ in range(9)}
    assert len(fresh) == 9
    assert all(0 <= seed < 2**31 for seed in fresh)
    assert fresh_seed(context, Wish(names=(), seed=4)) == 4


def measured(run):
    return re.findall(r"^    .*", run.out, re.MULTILINE)


def test_the_command_that_repeats_can_be_copied(prep):
    name = "a file with a long name and spaces, which would break on eighty columns.py"
    Path(name).write_text(WRONG, encoding="utf-8")
    run = prep("grade", "one", "--file", name, "--device", "cpu", "--seed", 3)
    assert run.out.splitlines()[-1] == (
        f"The same grading again: prep grade one --file '{name}' --device cpu --seed 3"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such"], "there is no exercise 'no-such': there are one, two."),
        (["one", "--file", "nowhere.py"], "there is no file 'nowhere.py'."),
        (["one"], "'one' is not started here: begin with `prep start one`."),
        ([], NOTHING_STARTED),
        (["--file", "x.py"], "`--file` needs exactly one exercise: `prep grade ID --file x.py`."),
        (["one", "two", "--file", "x.py"],
         "`--file` needs exactly one exercise: `prep grade ID --file x.py`."),
        (["one", "--watch"], "`--watch` needs a terminal, and no `--json`."),
        (["one", "--junit", "no/x.xml"], "there is no folder 'no'."),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_graded(prep, arguments, sentence):
    run = prep("grade", *arguments)
    assert (run.code, run.out, run.err) == (2, "", f"prep: {sentence}\n")


def test_an_unknown_device_is_refused(prep):
    run = prep("grade", "one", "--device", "tpu")
    assert (run.code, run.err.splitlines()[0]) == (
        2, "prep: --device: use one of auto, cpu, cuda, mps.",
    )  # fmt: skip


def test_a_device_that_is_not_there_is_a_lack_of_this_machine(prep):
    run = prep("grade", "one", "--file", write(RIGHT), "--device", "mps")
    assert run.code == 3
    assert "'mps' is not on this machine. There is: cpu;" in run.out
    assert deeds() == []


def test_a_report_is_shown_even_when_it_cannot_be_stored(prep, home):
    home.mkdir()
    (home / "progress.sqlite3").write_text("no database", encoding="utf-8")
    run = prep("grade", "one", "--file", write(RIGHT))
    assert run.code == 3
    assert run.out.startswith("Passed · one")
    assert run.err.startswith("prep: ")


def test_a_junit_file_is_replaced_as_a_whole(prep):
    Path("out.xml").write_text("old", encoding="utf-8")
    assert prep("grade", "one", "--file", write(RIGHT), "--junit", "out.xml").code == 0
    assert suites_in("out.xml").get("tests") == "3"
    assert sorted(path.name for path in Path().iterdir()) == ["mine.py", "out.xml"]


def test_a_junit_file_that_cannot_be_written_is_said_after_the_report(prep):
    Path("out.xml").mkdir()
    run = prep("grade", "one", "--file", write(RIGHT), "--junit", "out.xml")
    assert run.code == 1
    assert run.out.startswith("Passed · one")
    assert run.err.startswith("prep: cannot write 'out.xml': ")
    assert sorted(path.name for path in Path().iterdir()) == ["mine.py", "out.xml"]


def test_the_exit_code_is_the_worst():
    def report(verdict):
        return Report(exercise="x", verdict=verdict, checks=(), weights=(), seed=1, device="cpu",
                      seconds=0)  # fmt: skip

    passed, failed, lacks, ours = map(report, ("passed", "timed_out", "cannot_run", "grader_error"))
    assert exit_code([passed, passed]) == 0
    assert exit_code([passed, failed]) == 1
    assert exit_code([lacks, failed, passed]) == 3
    assert exit_code([lacks, ours, failed]) == 70


def test_the_commands_own_process_loads_neither_numpy_nor_pytest(shop, home):
    code = LAUNCH.replace("run()", "prep.cli.main.main(sys.argv[1:])\n") + (
        "print([m for m in ('numpy', 'pytest', 'torch', '_pytest') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, shop, "grade", "one", "--file", write(RIGHT)]
    env = environment(PREP_HOME=str(home))
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert run.stdout.splitlines()[-1] == "[]"
    assert "\x1b" not in run.stdout
