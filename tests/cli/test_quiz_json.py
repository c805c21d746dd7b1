"""A quiz over JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import DRAWN, TWELVE, environment
from tests.cli.solver import right, wrong

TYPES = (
    "single", "multiple", "true-false", "numeric", "short", "ordering",
    "matching", "cloze", "output", "bug", "shape", "open",
)  # fmt: skip
ALL = ("--new", "--count", "12", "--seed", "1")
MALFORMED = {
    "single": ("A", 0, 5, True, [1], None, 1.0),
    "multiple": (1, [0], [1, 1], ["1"], {}, []),
    "true-false": (True, {"claim": 1, "reason": 1}, {"claim": True}, {"claim": True, "reason": 9}),
    "bug": (3, {"claim": "3", "reason": 1}, {"claim": 4, "reason": 1}, {"claim": 3, "reason": 0}),
    "ordering": ("1234", [1, 2, 3], [1, 2, 3, 3], [1, 2, 3, 5]),
    "matching": ([1], [1, 4], {"queries": 1}),
    "numeric": ("many", "", True, "14 kg", "1e999999999999", [14], "1/0", "nan"),
    "short": ("", "   ", None, ["KV cache"], "x" * 1000),
    "cloze": ("-1", ["-1"], ["-1", 3], ["", ""], ["x" * 1000, ""]),
    "output": ("", None, {"text": "6"}, "6" * 10_000),
    "shape": ("", "(B, H", "(B, H, S, S", None, "((((", "B" * 10_000),
    "open": ("all", [4], [1, 1], 1),
}


@pytest.fixture
def questions(take):
    """Return the first message about each type's question, in a fixed variant."""
    messages = take(*[{"command": "skip"}] * 11, arguments=ALL)
    return {m["question_type"]: m for m in messages if m["type"] == "question"}


def run_to(take, questions, kind, *lines):
    """Skip to the question of a type, send `lines`, and return what came after it was asked."""
    place = list(questions).index(kind)
    messages = take(*[{"command": "skip"}] * place, *lines, arguments=ALL)
    return messages[2 * place + 1 :]


def test_every_type_is_asked(questions):
    assert set(questions) == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_right_answer_is_right(take, questions, kind):
    answer = {"answer": right(questions[kind])}
    feedback = run_to(take, questions, kind, answer)[0]
    assert (feedback["type"], feedback["score"], feedback["right"]) == ("feedback", 1.0, True)
    assert feedback["explanation"]
    assert feedback["sources"]
    assert feedback["due"] > "2026-11-22"


@pytest.mark.parametrize("kind", TYPES)
def test_a_wrong_answer_is_wrong_and_comes_again(take, questions, kind):
    feedback = run_to(take, questions, kind, {"answer": wrong(questions[kind])})[0]
    assert (feedback["type"], feedback["right"]) == ("feedback", False)
    assert feedback["score"] <= 0.5


@pytest.mark.parametrize("kind", TYPES)
def test_a_malformed_answer_is_an_error_and_the_same_question_again(take, questions, kind):
    bad = MALFORMED[kind]
    after = run_to(take, questions, kind, *({"answer": value} for value in bad))
    assert [message["type"] for message in after] == ["error", "question"] * len(bad)
    assert {message["id"] for message in after[1::2]} == {questions[kind]["id"]}
    assert all(message["message"] and message["code"] for message in after[::2])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_no_answer_is_refused_in_words(take, lang):
    lines = ("nonsense", "[]", "{}", '{"answer": 1, "command": "skip"}', '{"command": "sing"}')
    messages = take(*lines, lang=lang, arguments=ALL)
    said = [message["message"] for message in messages if message["type"] == "error"]
    form = {
        "en": 'write {"answer": …} or {"command": "skip"}.',
        "zh": '请写 {"answer": …} 或 {"command": "skip"}。',
    }[lang]
    first = {"en": "this line is not JSON: nonsense", "zh": "这一行不是 JSON：nonsense"}[lang]
    last = {
        "en": "there is no command 'sing': use skip, undo, hint, suspend, override, guess, "
        "easy or quit.",
        "zh": "没有命令“sing”：可用 skip、undo、hint、suspend、override、guess、easy 或 quit。",
    }[lang]
    assert said == [first, form, form, form, last]


@pytest.mark.parametrize(
    "line",
    ['{"answer": "\x00"}', '{"answer": "\\u0000"}', "[" * 100_000, '{"answer": 1e9999}',
     '{"answer": "\\ud800"}', '{"answer": ' + "9" * 5000 + "}", '{"answer": NaN}', "答案：2"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["numeric", "short", "output", "shape", "single"])
def test_odd_lines_are_errors_or_answers_never_the_end(take, questions, kind, line):
    after = run_to(take, questions, kind, line)
    assert [message["type"] for message in after] in (
        ["error", "question"], ["feedback", "question"]
    )  # fmt: skip


def test_a_line_of_a_megabyte_is_read(take):
    messages = take(json.dumps({"answer": "x" * 2**20}), arguments=ALL)
    assert [message["type"] for message in messages] == ["question", "error", "question"]
    assert len(messages[1]["message"]) < 200


def test_blank_lines_are_passed_over(take):
    assert len(take("", "  ", {"command": "skip"}, arguments=ALL)) == 3


def test_the_end_of_the_input_leaves_the_quiz_to_be_taken_up(take):
    arguments = ("--new", "--count", "3")
    first = take(arguments=arguments)[0]
    asked = take({"answer": right(first)}, arguments=arguments)
    later = take(arguments=arguments)
    assert asked[0] == first
    assert later == asked[2:]
    assert later[0]["number"] == 2


def test_a_whole_quiz_ends_with_its_score(take):
    arguments = ("--new", "--count", "2")
    first = take(arguments=arguments)[0]
    second = take({"answer": right(first)}, arguments=arguments)[-1]
    done = take({"answer": right(second)}, arguments=arguments)[-1]
    guess = done.pop("guess")
    assert 0 <= guess <= 1
    assert done == {
        "type": "done", "asked": 2, "points": 2.0, "unanswered": 0, "missed": [],
        "practise": [], "topics": [{"topic": "Basics", "asked": 2, "points": 2.0, "guess": guess}],
    }  # fmt: skip


def test_a_misspelling_is_asked_again_once(take, questions):
    misspelt = {"answer": "KV cahce"}
    after = run_to(take, questions, "short", misspelt, misspelt)
    assert [message["type"] for message in after][:3] == ["retry", "question", "feedback"]
    assert after[0]["notes"] == ["“KV cahce” is very close: check the spelling and try again."]
    assert (after[2]["score"], after[2]["notes"]) == (0.0, [])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hint_is_a_sentence(take, lang, kind):
    messages = take(*[{"command": "hint"}, {"command": "skip"}] * 12, lang=lang, arguments=ALL)
    asked = next(at for at, m in enumerate(messages) if m.get("question_type") == kind)
    assert messages[asked + 1]["type"] == "hint"
    assert len(messages[asked + 1]["text"]) > 3


def test_commands_say_whether_they_did_something(take):
    first = take(arguments=ALL)[0]
    again = take({"answer": right(first)}, {"command": "guess"}, {"command": "undo"}, arguments=ALL)
    assert again[-1] == first
    lines = [{"command": name} for name in ("undo", "override", "skip", "suspend")]
    noted = [m for m in take(*lines, arguments=ALL) if m["type"] == "noted"]
    assert [(m["command"], m["done"]) for m in noted] == [
        ("undo", False), ("override", False), ("skip", True), ("suspend", True)
    ]  # fmt: skip


def test_quit_stops_at_once(take):
    assert len(take({"command": "quit"}, {"command": "skip"}, arguments=ALL)) == 1


def test_a_mock_exam_says_nothing_until_the_end(take):
    arguments = ("--mock", "--count", "2", "--seed", "3")
    first, *_ = take(arguments=arguments)
    messages = take({"answer": wrong(first)}, {"answer": None}, arguments=arguments)
    assert [message["type"] for message in messages][:3] == ["question", "stored", "question"]
    second = messages[2]
    done = take({"answer": wrong(first)}, {"answer": right(second)}, arguments=arguments)[-1]
    assert [missed["id"] for missed in done["missed"]] == [first["id"]]


def test_nothing_in_a_question_tells_the_key(questions):
    for kind in ("numeric", "short", "cloze", "output", "shape"):
        text = json.dumps({**questions[kind], "id": "", "seed": 0}, ensure_ascii=False)
        assert not {"key", "value", "accept", "right", "reason", "near"} & set(questions[kind])
        assert "KV cache" not in text


def test_questions_drawn_by_code_need_trust(prep):
    result = prep("quiz", "--json", "--bank", DRAWN)
    assert result.code == 1
    assert result.err == (
        f"prep: the bank in '{DRAWN}' has questions drawn by code (sums.py). If you trust "
        "its author, call again with --trust.\n"
    )


def test_a_trusted_bank_draws_its_questions(take):
    arguments = ("--trust", "--seed", "1")
    asked = take(bank=DRAWN, arguments=arguments)[0]
    a, b = (int(word) for word in asked["prompt"].replace("?", "").split() if word.isdigit())
    answer = a + b
    if asked["question_type"] == "single":
        answer = next(o["number"] for o in asked["options"] if o["text"] == str(a + b))
    feedback = take({"answer": answer}, bank=DRAWN, arguments=arguments)[1]
    assert feedback["right"]
    assert str(a + b) in feedback["explanation"]


def test_without_a_terminal_a_quiz_speaks_json(prep):
    result = prep("quiz", "--bank", TWELVE)
    assert json.loads(result.out)["type"] == "question"


def test_bytes_that_are_not_utf8_are_an_error_line(home):
    command = [sys.executable, "-m", "prep", "quiz", "--json", "--bank", TWELVE, *ALL]
    done = subprocess.run(
        command, input=b'{"answer": "\xff\xfe"}\n', capture_output=True, check=False,
        env=environment(PREP_HOME=str(home)),
    )  # fmt: skip
    kinds = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr, kinds[:2]) == (0, b"", ["question", "error"])
