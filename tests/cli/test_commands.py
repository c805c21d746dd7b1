"""What each command does, in a home of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from prep import __version__
from prep.cli.main import main
from prep.cli.places import shipped
from tests.cli.conftest import BANKS, TWELVE, environment
from tests.cli.solver import right

ESCAPE = "\x1b"


def only_json(result):
    """Return the one JSON document that a command printed."""
    assert (result.err, result.out.count("\n")) == ("", 1)
    return json.loads(result.out)


def test_version(prep):
    assert prep("--version").out == f"prep {__version__}\n"
    assert prep("--lang", "zh", "--version").out == f"prep {__version__}\n"


def test_topics_are_listed_with_the_number_of_their_questions(prep):
    result = prep("list")
    lines = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert any(re.fullmatch(r"metrics  Metrics and evaluation  Questions: \d+", x) for x in lines)
    assert lines[-1] == "`prep quiz --topic ID` asks about a topic or sub-topic."


def test_topics_as_json(prep):
    found = only_json(prep("--lang", "zh", "list", "topics", "--json"))
    topics = {topic["id"]: topic for topic in found["topics"]}
    assert len(topics) == 12
    assert topics["metrics"]["name"] == "指标与评测"
    assert sum(topic["questions"] for topic in topics.values()) >= 160


def test_questions_are_listed_by_topic_and_level(prep):
    found = only_json(
        prep("list", "questions", "--topic", "privacy", "--topic", "mcp-a2a", "--level", "2-3",
             "--json")
    )  # fmt: skip
    assert {row["level"] for row in found["questions"]} == {2, 3}
    assert {row["topic"] for row in found["questions"]} == {"privacy", "applications"}


def test_a_level_without_questions_is_an_empty_list(prep):
    result = prep("list", "questions", "--topic", "mcp-a2a", "--level", "5")
    assert (result.code, result.out) == (0, "Questions: 0\n")


def test_the_exercises_are_listed_and_drafts_are_not(prep):
    assert "\nrnn  A recurrent classifier" in prep("list", "exercises").out
    listed = only_json(prep("list", "exercises", "--json"))["exercises"]
    drafts = {path.parent.name for path in shipped("exercises").glob("*/exercise.yaml")
              if "\ndraft: true\n" in path.read_text("utf-8")}  # fmt: skip
    names = {exercise["id"] for exercise in listed}
    assert names >= {"rnn", "bert-cls", "tflite"}
    assert not names & drafts


@pytest.mark.parametrize("words", ["KV cache", "kv", "量化", "量", "ＬｏＲＡ", "ε", "prefill"])
def test_search_finds_words_of_any_length_in_both_languages(prep, words):
    assert only_json(prep("search", words, "--json"))["questions"]


def test_search_wants_every_word_in_any_order(prep):
    one = only_json(prep("search", "cache", "KV", "--json"))["questions"]
    other = only_json(prep("search", "KV cache", "--json"))["questions"]
    assert {row["id"] for row in one} >= {row["id"] for row in other}


def test_search_that_finds_nothing_says_so_and_fails(prep):
    result = prep("search", "xyzzy")
    assert (result.code, result.out) == (1, "Questions: 0\n")
    assert only_json(prep("search", "xyzzy", "--json")) == {"schema": 1, "questions": []}


def test_search_does_not_betray_a_typed_key(prep):
    found = only_json(prep("search", "--json", "mcp-primitives"))["questions"]
    assert all("answer" not in row and "key" not in row for row in found)


def test_show_keeps_the_answer_to_itself(prep):
    result = prep("show", "rag-question-path-order")
    assert result.code == 0
    assert "rag-question-path-order" in result.out
    assert "Source:" not in result.out
    assert "Source:" in prep("show", "rag-question-path-order", "--answer").out


def test_show_as_json(prep):
    alone = only_json(prep("show", "mcp-primitives-and-a2a-roles", "--json"))
    assert set(alone) == {"schema", "question"}
    both = only_json(prep("show", "mcp-primitives-and-a2a-roles", "--json", "--answer"))
    assert both["answer"]["explanation"]


def test_show_draws_the_numbers_of_a_seed(prep):
    one, same, other = (
        prep("show", "kv-cache-memory-of-a-gqa-batch", "--seed", seed).out for seed in (1, 1, 2)
    )
    assert one == same != other


def test_every_question_of_the_bank_can_be_shown_in_both_languages(prep):
    rows = only_json(prep("list", "questions", "--json"))["questions"]
    for lang in ("en", "zh"):
        results = [prep("--lang", lang, "show", row["id"], "--answer") for row in rows[::9]]
        assert {(result.code, result.err) for result in results} == {(0, "")}


def test_settings_are_shown_changed_and_unset(prep):
    assert prep("config", "count").out == "count = 20  (questions in a quiz)\n"
    assert prep("config", "count", "5").out == "count = 5  (questions in a quiz)\n"
    assert only_json(prep("config", "--json"))["settings"]["count"] == 5
    assert prep("config", "count", "--unset").out == "count = 20  (questions in a quiz)\n"


def test_all_settings_have_a_meaning_in_both_languages(prep):
    for lang, unset in (("en", "not set"), ("zh", "未设置")):
        lines = prep("--lang", lang, "config").out.splitlines()
        names = [line.split(" = ")[0] for line in lines]
        assert names == ["lang", "exam", "retention", "count", "new", "minutes"]
        assert lines[1].startswith(f"exam = {unset}  (")


def test_an_exam_date_is_kept(prep):
    prep("config", "exam", "2027-01-15")
    assert prep("config", "exam").out.startswith("exam = 2027-01-15  (")


def test_a_count_from_the_settings_is_the_size_of_a_quiz(prep, take):
    prep("config", "count", "3")
    assert take()[0]["total"] == 3


def test_progress_moves_to_another_home(prep, take, tmp_path, monkeypatch):
    first = take()[0]
    take({"answer": right(first)})
    file = tmp_path / "progress.jsonl"
    assert prep("export", file).err == f"Progress written to {file}.\n"
    monkeypatch.setenv("PREP_HOME", str(tmp_path / "other"))
    done = "Imported: 1 entries and 0 settings; 0 were here already.\n"
    again = "Imported: 0 entries and 0 settings; 1 were here already.\n"
    assert [prep("import", file).out for _ in range(2)] == [done, again]
    assert prep("export").out == file.read_text(encoding="utf-8")


def test_an_export_does_not_overwrite(prep, tmp_path):
    file = tmp_path / "progress.jsonl"
    file.write_text("mine", encoding="utf-8")
    result = prep("export", file)
    assert (result.code, file.read_text(encoding="utf-8")) == (2, "mine")
    assert result.err == (
        f"prep: '{file}' is there already: choose another name, or remove it first.\n"
    )


def test_an_export_into_a_missing_folder_is_refused(prep, tmp_path):
    result = prep("export", tmp_path / "no" / "progress.jsonl")
    assert result.code == 1
    assert result.err.startswith(f"prep: cannot write '{tmp_path / 'no' / 'progress.jsonl'}': ")


def test_an_import_of_something_else_is_refused(prep, tmp_path):
    file = tmp_path / "other.jsonl"
    file.write_text('{"hello": 1}\n', encoding="utf-8")
    result = prep("import", file)
    assert result.code == 1
    assert result.err == (
        "prep: line 1 is not the header of a prep export. Give a file that `prep export` wrote.\n"
    )


def test_an_import_of_a_folder_is_refused(prep, tmp_path):
    result = prep("import", tmp_path)
    assert result.code == 1
    assert result.err.startswith(f"prep: cannot read '{tmp_path}': ")


def test_import_reads_standard_input(prep):
    text = prep("export").out
    assert prep("import", "-", stdin=text).out.startswith("Imported: 0 entries")


def test_a_suspended_question_is_listed_and_comes_back(prep, home):
    rows = only_json(prep("list", "questions", "--topic", "privacy", "--json"))["questions"]
    asked = json.loads(prep("quiz", "--json", "--topic", "privacy").out.splitlines()[0])
    prep("quiz", "--json", "--topic", "privacy", stdin='{"command": "suspend"}\n')
    assert asked["id"] in {row["id"] for row in rows}
    assert asked["id"] in prep("resume").out
    assert prep("resume", asked["id"]).out == f"'{asked['id']}' is asked again.\n"
    result = prep("resume", asked["id"])
    assert (result.code, result.out) == (1, f"'{asked['id']}' is not suspended.\n")


def test_doctor_rebuilds_the_same_cards(prep, take):
    take({"answer": right(take()[0])})
    assert prep("doctor", "--rebuild").out == "Cards rebuilt from the log; 0 differed.\n"


def test_a_damaged_store_is_one_line_and_stays_as_it_is(prep, home):
    home.mkdir()
    (home / "progress.sqlite3").write_bytes(b"not a database" * 100)
    result = prep("config")
    assert result.code in {1, 3}
    assert result.err.count("\n") == 1
    assert str(home / "progress.sqlite3") in result.err
    assert (home / "progress.sqlite3").read_bytes() == b"not a database" * 100


def test_a_good_bank_has_no_findings(prep):
    result = prep("bank", "check", TWELVE)
    assert (result.code, result.out) == (0, "Questions: 12. Findings: 0.\n")


def test_findings_have_a_place_and_a_code(prep, tmp_path):
    topic = tmp_path / "basics"
    topic.mkdir()
    (topic / "topic.yaml").write_text("format: 1\nname: Basics\ntags: [{id: t, name: T}]\n")
    (topic / "one.yaml").write_text("format: 1\nquestions: []\nmore: 1\n")
    result = prep("bank", "check", tmp_path)
    assert result.code == 1
    place = rf"{re.escape(str(tmp_path))}/basics/one\.yaml:3:1 unknown-key "
    assert re.search(place, result.out)
    found = only_json(prep("--lang", "zh", "bank", "check", tmp_path, "--json"))
    assert {"file", "line", "column", "code", "message"} == set(found["findings"][0])


def test_one_topic_is_checked_as_part_of_its_bank(prep):
    assert prep("bank", "check", BANKS / "twelve" / "basics").out.startswith("Questions: 12.")


def test_a_foreign_bank_s_code_is_not_run_without_trust(prep):
    said = "2 drawn questions were not run: add --trust if you trust their author.\n"
    assert said in prep("bank", "check", BANKS / "drawn").out
    assert said not in prep("bank", "check", BANKS / "drawn", "--trust").out


def test_a_broken_bank_is_not_asked(prep, tmp_path):
    topic = tmp_path / "basics"
    topic.mkdir()
    (topic / "one.yaml").write_text("format: 1\nquestions: [}\n")
    result = prep("quiz", "--bank", tmp_path)
    assert result.code == 1
    assert f"`prep bank check {tmp_path}` lists them." in result.err


def test_the_schema_is_json(prep):
    assert only_json_of(prep("bank", "check", "--schema"))["$defs"]


def only_json_of(result):
    assert (result.code, result.err) == (0, "")
    return json.loads(result.out)


@pytest.mark.parametrize(
    "call", [("list",), ("search", "KV"), ("show", "mcp-primitives-and-a2a-roles", "--answer")]
)
def test_plain_and_no_color_print_no_escape_codes(prep, monkeypatch, call):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE in prep(*call).out
    assert ESCAPE not in prep(*call, "--plain").out
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in prep(*call).out


def test_what_nobody_foresaw_is_our_bug_with_a_log(prep, home, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("prep.store.store.Store.settings", fail)
    result = prep("config")
    log = home / "crash.log"
    assert (result.code, result.out) == (70, "")
    assert result.err == (
        f"prep: this is our bug (ZeroDivisionError). A report was written to {log}: "
        "please send it.\n"
    )
    assert "command: config" in log.read_text(encoding="utf-8")


def test_an_interrupt_is_130(prep, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("prep.store.store.Store.settings", interrupt)
    result = prep("config")
    assert (result.code, result.err) == (
        130, "\nInterrupted. Every answer given so far is stored.\n"
    )  # fmt: skip


def test_main_returns_and_never_raises(home, capsys):
    assert [main([name]) for name in ("", "-", "--", "\x00", "é")] == [2, 2, 0, 2, 2]
    capsys.readouterr()


def test_completion_is_installed_for_the_shell(prep, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))
    file = tmp_path / ".bash_completions" / "prep.sh"
    said = {
        "en": f"Completion for bash is in {file}: open a new terminal to use it.\n",
        "zh": f"bash 的补全已写入 {file}：打开新终端即可使用。\n",
    }
    for lang, sentence in said.items():
        assert prep("--lang", lang, "--install-completion").out == sentence
    assert "_PREP_COMPLETE" in file.read_text(encoding="utf-8")


def test_an_unknown_shell_is_refused(prep, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))
    result = prep("--install-completion")
    assert (result.code, result.err) == (
        3, "prep: your shell is not known here: bash, zsh, fish and PowerShell have completion.\n"
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
def test_a_reader_who_leaves_early_is_no_error(home, more):
    env = environment(PREP_HOME=str(home))
    command = [sys.executable, "-m", "prep", "list", "questions", *more]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_the_shell_completes_commands(home):
    asked = {"_PREP_COMPLETE": "complete_bash", "COMP_WORDS": "prep qu", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "prep"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PREP_HOME=str(home), **asked),
    )
    assert "quiz" in done.stdout
    assert done.stderr == ""
