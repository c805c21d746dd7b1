"""Help: every command, both languages, an example each."""

from __future__ import annotations

import re

import pytest

from prep.cli.registry import COMMANDS

GROUPS = [("bank", "check"), ("dev", "check"), ("dev", "new"), ("run", "exercise")]
PAGES = [(name,) for name in COMMANDS] + [*GROUPS, ()]
# A command name, an option, a METAVAR, a range, a file:place, or an example line.
ALLOWED = re.compile(
    r"--?[a-z-]+|[A-Z]+\b|\[[^\]]*\]|prep\b.*|1-5|en\|zh|[\d.]+…[\d.]+|JSON( Schema)?"
)
# Terms and names that a Chinese page keeps.
TERMS = {
    "ai", "prep", "en", "zh", "lang", "exam", "retention", "count", "new", "minutes", "topics",
    "questions", "exercises", "check", "id", "shell", "tab", "json", "schema", *COMMANDS,
    "exercise", "mine", "reference", "auto", "cpu", "cuda", "mps", "junit", "hugging", "face",
    "hub", "build", "debug", "seeds", "hunts", "markdown",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_page_has_a_purpose_an_example_and_no_cut_sentence(prep, lang, page):
    result = prep("--lang", lang, *page, "--help")
    usage = {"en": "Usage: prep", "zh": "用法：prep"}[lang]
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(usage)
    assert "prep" in "".join(result.out.splitlines()[3:]) or not page
    assert not re.search(r"…(?!\d)", result.out)
    assert max(map(len, result.out.splitlines())) <= 80


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_a_chinese_page_has_no_english_words(prep, page):
    text = "\n".join(prep("--lang", "zh", *page, "--help").out.splitlines()[1:])
    words = {word.lower() for word in re.findall(r"[A-Za-z]{2,}", ALLOWED.sub(" ", text))}
    assert words <= TERMS


@pytest.mark.parametrize("page", PAGES[:-1], ids=" ".join)
def test_each_command_shows_an_example(prep, page):
    lines = prep(*page, "--help").out.splitlines()
    assert any(line.startswith(f"  prep {page[0]}") for line in lines)


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_each_parameter_is_explained(prep, page):
    lines = prep(*page, "--help").out.splitlines()
    rows = [line for line in lines if re.match(r"  (-|[A-Z\[])", line)]
    assert [row for row in rows if len(re.split(r"\s{2,}", row.strip())) < 2] == []


def test_the_first_page_lists_every_command_with_a_sentence(prep):
    lines = prep("--help").out.splitlines()
    for name in COMMANDS:
        line = next(line for line in lines if line.startswith(f"  {name} "))
        assert len(line.split(maxsplit=1)[1]) > 10


def test_help_at_40_columns_is_no_wider(prep, monkeypatch):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "40")
    for lang in ("en", "zh"):
        assert max(map(cell_len, prep("--lang", lang, "quiz", "-h").out.splitlines())) <= 40


def test_without_a_terminal_prep_alone_prints_help(prep):
    assert prep().out == prep("--help").out
