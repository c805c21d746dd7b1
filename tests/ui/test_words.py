"""Every sentence the program can say exists, in both languages, and is said somewhere."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import prep
from prep.app.settings import Settings
from prep.model.question import Question
from prep.model.session import Mode, Why
from prep.model.verdict import WORST_FIRST, Outcome
from prep.ui import words_en, words_zh
from prep.ui.words import Words

SOURCE = Path(prep.__file__).parent
ENGLISH, CHINESE = words_en.SENTENCES, words_zh.SENTENCES
_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
ERRORS = {"PrepError", "UsageError", "EnvironmentLacksError", "BadAnswerError", "StoreError"}
_QUOTED = re.compile(r"\{\{.*?\}\}|`[^`]*`|\{[^}]*\}|--[a-z-]+|\.\w+|:\?|::")
# What a Chinese engineer writes in Latin letters too: names, key names, units, code, settings.
LATIN = {
    "prep", "enter", "backspace", "json", "yaml", "utf", "schema", "id", "topic", "issue", "shell",
    "powershell", "bash", "hunts", "markdown", "seeds", "zsh", "fish", "tab",
    "python", "int", "float", "gb", "gib", "kb", "kib",
    "mb", "mib", "ai", "en", "zh", "lang", "exam", "retention", "count", "new", "minutes", "topics",
    "questions", "exercises", "format", "blanks", "py", "group", "last", "keep", "order",
    "computed", "grade", "exercise", "windows", "wsl", "cpu", "dtype", "return", "none", "sys",
    "notimplementederror", "detach", "no", "grad", "pip", "install", "llm", "all",
    "auto", "cuda", "mps", "junit", "xml", "ctrl", "hugging", "face", "hub", "fsrs", "gpu", "key",
    "nan", "answer", "list", "true", "false",
}  # fmt: skip


def placeholders(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_sentences():
    assert list(ENGLISH) == list(CHINESE)


@pytest.mark.parametrize("code", ENGLISH)
def test_twins_have_the_same_placeholders(code):
    assert placeholders(ENGLISH[code]) == placeholders(CHINESE[code])


def test_no_code_is_written_twice():
    for words in (words_en, words_zh):
        groups = [
            group for name, group in vars(words).items() if name.isupper() and name != "SENTENCES"
        ]
        codes = [
            f"finding-{c}" if group is words.FINDINGS else c for group in groups for c in group
        ]
        assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("code", CHINESE)
def test_a_chinese_sentence_has_no_english_words(code):
    text = _QUOTED.sub(" ", CHINESE[code]) if code != "no-such-command" else ""
    found = {word.lower() for word in re.findall(r"[A-Za-z]{2,}", text)}
    assert found <= LATIN
    assert re.search(r"[\u4e00-\u9fff]", text) or not found


@pytest.mark.parametrize("code", CHINESE)
def test_chinese_has_full_width_punctuation(code):
    text = _QUOTED.sub("", CHINESE[code])
    assert not re.search(r"[\u4e00-\u9fff][,;?!](\s|$|[\u4e00-\u9fff])", text)


@pytest.mark.parametrize("code", ENGLISH)
def test_english_has_no_chinese(code):
    allowed = "，；？！" if code == "finding-half-width-punctuation" else ""
    assert not re.search(
        r"[\u3000-\u9fff\uff00-\uffef]", ENGLISH[code].translate(dict.fromkeys(map(ord, allowed)))
    )


@cache
def trees():
    found = {}
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE)
        if not path.name.startswith("words_"):
            found[place] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def calls():
    """Yield room, name of the called function, and its arguments."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield path.parts[0], name, node.args


def literals(node):
    """Return the texts that an argument can be, where it is written out."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp():
            return literals(node.body) | literals(node.orelse)
        case _:
            return set()


def said():
    """Return the codes that are said, raised or noted by name."""
    codes = set()
    for room, name, arguments in calls():
        first = literals(arguments[0]) if arguments else set()
        if name in {"say", "tell", "state", "label"} | ERRORS:
            codes |= {code for code in first if _CODE.match(code)}
        elif name == "Note":
            codes |= {f"note-{code}" if room == "core" else code for code in first}
        elif name == "_fail":
            codes |= first
        elif name == "add" and len(arguments) > 1:
            codes |= {f"finding-{code}" for code in literals(arguments[1]) if _CODE.match(code)}
    return codes


def notes():
    """Return the codes of notes that are chosen before the note is made."""
    return {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"^(grade|device)(-[a-z]+)+$", node.value)
    }


def beginnings():
    """Yield the fixed beginning of each code that is put together."""
    for _, name, arguments in calls():
        if name == "say" and arguments and isinstance(arguments[0], ast.JoinedStr):
            first = arguments[0].values[0]
            if isinstance(first, ast.Constant) and first.value not in {"finding-", "note-"}:
                yield first.value


def built():
    """Return the codes that are put together from values."""
    tags = [str(kind.__struct_config__.tag) for kind in get_args(Question)]
    return {
        *(f"why-{why}" for why in get_args(Why)),
        *(f"how-{tag}" for tag in tags),
        *(f"setting-{name}" for name in Settings.__struct_fields__),
        *(f"bad-setting-{name}" for name in Settings.__struct_fields__),
        *(f"grade-late{what}-idle" for what in ("", "-import")),
        *(f"verdict-{verdict}" for verdict in WORST_FIRST),
        *(f"advice-{verdict}" for verdict in WORST_FIRST),
        *(f"outcome-{outcome}" for outcome in get_args(Outcome)),
        *(f"hint-gives-{gives}" for gives in ("output", "value", "exception")),
        "note-rounded-too-much-digits",
        "note-shape-rank",
        "note-shape-order",
    }  # fmt: skip


def test_everything_said_has_a_sentence():
    assert {code for code in said() | built() | notes() if code not in ENGLISH} == set()


def test_every_sentence_is_said():
    paths = [path for path in SOURCE.rglob("*.py") if not path.name.startswith("words_")]
    written = "".join(path.read_text(encoding="utf-8") for path in paths)
    starts = tuple(beginnings())
    unused = {
        code
        for code in set(ENGLISH) - said() - built()
        if f'"{re.sub("^(finding|note)-", "", code)}"' not in written
        and f'"{code}"' not in written
        and not code.startswith(starts)
    }
    assert unused == set()


def test_every_mode_of_a_quiz_that_gives_a_reason_has_words():
    assert {mode for mode in get_args(Mode) if mode in get_args(Why)} <= {
        code.removeprefix("why-") for code in ENGLISH
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sentence_is_filled_with_its_values(language):
    words = Words(language)
    assert "3" in words.say("questions", count=3)
    assert words.has("right")
    assert not words.has("no-such-code")
