"""Calls that cannot work: one line that says what is wrong, one that says what to do."""

from __future__ import annotations

import pytest

CASES = [
    (
        ("quizz",),
        "there is no command 'quizz'. Did you mean quiz?",
        "没有命令“quizz”。是不是想用 quiz？",
        "prep",
    ),
    (("nonsense",), "there is no command 'nonsense'.", "没有命令“nonsense”。", "prep"),
    (
        ("bank", "chek"),
        "there is no command 'chek'. Did you mean check?",
        "没有命令“chek”。是不是想用 check？",
        "prep bank",
    ),
    (
        ("quiz", "--cout", "3"),
        "there is no option --cout. Did you mean --count?",
        "没有选项 --cout。是不是想用 --count？",
        "prep quiz",
    ),
    (("quiz", "-z"), "there is no option -z.", "没有选项 -z。", "prep quiz"),
    (
        ("quiz", "--count", "many"),
        "--count: a number from 1 to 500 is needed.",
        "--count：需要 1 到 500 之间的数。",
        "prep quiz",
    ),
    (
        ("quiz", "--count", "0"),
        "--count: a number from 1 to 500 is needed.",
        "--count：需要 1 到 500 之间的数。",
        "prep quiz",
    ),
    (
        ("quiz", "--seed", "-1"),
        "--seed: a number of 0 or more is needed.",
        "--seed：需要不小于 0 的数。",
        "prep quiz",
    ),
    (
        ("quiz", "--minutes", "x"),
        "--minutes: a number from 0.1 to 600 is needed.",
        "--minutes：需要 0.1 到 600 之间的数。",
        "prep quiz",
    ),
    (("quiz", "metrics"), "too many arguments: metrics", "参数太多：metrics", "prep quiz"),
    (
        ("quiz", "--topic"),
        "the option --topic needs a value.",
        "选项 --topic 需要一个值。",
        "prep quiz",
    ),
    (("show",), "ID is missing.", "缺少 ID。", "prep show"),
    (("search",), "TEXT is missing.", "缺少 TEXT。", "prep search"),
    (("import",), "FILE is missing.", "缺少 FILE。", "prep import"),
    (("--nope",), "there is no option --nope.", "没有选项 --nope。", "prep"),
]
REFUSALS = [
    (("quiz", "--topic", "metrcs"), 2,
     "there is no topic 'metrcs'. Did you mean metrics? `prep list topics` shows all.",
     "没有主题“metrcs”。是不是想用 metrics？用 `prep list topics` 查看全部。"),
    (("quiz", "--topic", "xyzzy"), 2,
     "there is no topic 'xyzzy': `prep list topics` shows them.",
     "没有主题“xyzzy”：用 `prep list topics` 查看主题。"),
    (("list", "questions", "--topic", "xyzzy"), 2,
     "there is no topic 'xyzzy': `prep list topics` shows them.",
     "没有主题“xyzzy”：用 `prep list topics` 查看主题。"),
    (("quiz", "--topic", "mcp-a2a", "--level", "5"), 2,
     "no question has this topic and level: `prep list questions` shows what there is.",
     "没有同时符合该主题和难度的题目：用 `prep list questions` 查看已有题目。"),
    (("quiz", "--level", "9"), 2,
     "a level is a number from 1 to 5, or a range like 2-4, not '9'.",
     "难度是 1 到 5 的数字，或 2-4 这样的范围，不能是“9”。"),
    (("quiz", "--level", "4-2"), 2,
     "a level is a number from 1 to 5, or a range like 2-4, not '4-2'.",
     "难度是 1 到 5 的数字，或 2-4 这样的范围，不能是“4-2”。"),
    (("quiz", "--mock", "--cram"), 2,
     "--cram, --mock exclude each other: give one of them.",
     "--cram, --mock 不能同时使用：请只选一个。"),
    (("quiz", "--bank", "/nowhere"), 2,
     "there is no folder '/nowhere'.", "没有文件夹“/nowhere”。"),
    (("bank", "check", "/nowhere"), 2,
     "there is no folder '/nowhere'.", "没有文件夹“/nowhere”。"),
    (("show", "mcp-primitives"), 1,
     "there is no question 'mcp-primitives'. Did you mean mcp-primitives-and-a2a-roles?",
     "没有题目“mcp-primitives”。是不是想用 mcp-primitives-and-a2a-roles？"),
    (("show", "xyzzy"), 1,
     "there is no question 'xyzzy': `prep search` finds ids.",
     "没有题目“xyzzy”：可用 `prep search` 查找题目编号。"),
    (("resume", "xyzzy"), 1,
     "there is no question 'xyzzy': `prep search` finds ids.",
     "没有题目“xyzzy”：可用 `prep search` 查找题目编号。"),
    (("quiz", "--exercise", "bananas"), 2,
     "no question that fits names the exercise bananas: `prep list exercises` shows what there is.",
     "没有符合条件且与练习 bananas 相关的题目：用 `prep list exercises` 查看有哪些练习。"),
    (("list", "people"), 2,
     "prep list knows topics, questions, exercises, hunts and seeds, not 'people'.",
     "prep list 可列出 topics、questions、exercises、hunts 和 seeds，没有“people”。"),
    (("config", "colour"), 2,
     "there is no setting 'colour': use one of lang, exam, retention, count, new, minutes.",
     "没有设置项“colour”：可用的有 lang, exam, retention, count, new, minutes。"),
    (("config", "colour", "red"), 2,
     "there is no setting 'colour': use one of lang, exam, retention, count, new, minutes.",
     "没有设置项“colour”：可用的有 lang, exam, retention, count, new, minutes。"),
    (("config", "colour", "--unset"), 2,
     "there is no setting 'colour': use one of lang, exam, retention, count, new, minutes.",
     "没有设置项“colour”：可用的有 lang, exam, retention, count, new, minutes。"),
    (("config", "lang", "fr"), 2,
     "lang is 'en' or 'zh', not 'fr'.", "lang 只能是 en 或 zh，不能是“fr”。"),
    (("config", "exam", "soon"), 2,
     "exam is a date like 2027-01-15, not 'soon'.",
     "exam 应是 2027-01-15 这样的日期，不能是“soon”。"),
    (("config", "exam", "2026-11-22"), 2,
     "the exam date 2026-11-22 has passed: give one after today.",
     "考试日期 2026-11-22 已过：请给出今天之后的日期。"),
    (("config", "retention", "1"), 2,
     "retention is a number from 0.7 to 0.97, not '1'.",
     "retention 应是 0.7 到 0.97 之间的数，不能是“1”。"),
    (("config", "count", "0"), 2,
     "count is a whole number from 1 to 500, not '0'.",
     "count 应是 1 到 500 的整数，不能是“0”。"),
    (("config", "new", "501"), 2,
     "new is a whole number from 0 to 500, not '501'.",
     "new 应是 0 到 500 的整数，不能是“501”。"),
    (("config", "minutes", "nan"), 2,
     "minutes (per question of a mock exam) is a number over 0, at most 30, not 'nan'.",
     "minutes（模拟考试每题分钟数）应大于 0、不超过 30，不能是“nan”。"),
    (("import", "/nowhere.jsonl"), 2,
     "there is no file '/nowhere.jsonl'.", "没有文件“/nowhere.jsonl”。"),
    (("import", "-"), 1,
     "the import is empty. Make one with `prep export`.",
     "导入内容为空。请先用 `prep export` 导出。"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "english", "chinese", "path"), CASES)
def test_a_wrong_call_is_explained(prep, call, english, chinese, path):
    result = prep(*call)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"prep: {english}\nTry `{path} --help`.\n"
    result = prep("--lang", "zh", *call)
    assert result.err == f"prep: {chinese}\n请运行 `{path} --help` 查看用法。\n"


@pytest.mark.parametrize(("call", "code", "english", "chinese"), REFUSALS)
def test_a_refusal_is_one_line(prep, call, code, english, chinese):
    for lang, sentence in (("en", english), ("zh", chinese)):
        result = prep("--lang", lang, *call)
        assert (result.code, result.out, result.err) == (code, "", f"prep: {sentence}\n")


def test_bank_alone_shows_its_commands(prep):
    result = prep("bank")
    assert (result.code, result.out) == (2, "")
    assert result.err == prep("bank", "--help").out


def test_a_value_out_of_range_is_refused_with_equals_sign_too(prep):
    assert prep("quiz", "--count=501").err.startswith("prep: --count: a number from 1 to 500")


def test_a_flag_takes_no_value(prep):
    result = prep("quiz", "--new=yes")
    assert result.err == "prep: the option --new takes no value.\nTry `prep quiz --help`.\n"
    result = prep("--lang", "zh", "quiz", "--new=yes")
    assert result.err == "prep: 选项 --new 不带值。\n请运行 `prep quiz --help` 查看用法。\n"


def test_an_argument_that_is_part_of_an_option_name_is_not_guessed(prep):
    assert prep("quiz", "--coun", "3").code == 2
