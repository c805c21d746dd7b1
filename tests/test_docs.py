"""What the documents say is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from prep.cli.main import main
from prep.cli.registry import COMMANDS

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for folder in (ROOT, ROOT / "docs", ROOT / "exercises", ROOT / "tests")
    for path in folder.glob("*.md")
)
USERS = ("README.md", "README.zh.md")
ALL = (*USERS, "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/questions.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CALL = re.compile(r"`prep((?: [^`]*)?)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# Options of other programs that the documents name.
OTHERS = {"--check", "--write", "--no-deps"}


def text(name):
    return (ROOT / name).read_text("utf-8")


def anchors(document):
    titles = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(scope="module")
def help_of():
    """Return a function that gives a command's help page, each asked for once."""
    pages = {}

    def page(*command):
        if command not in pages:
            from click.testing import CliRunner

            pages[command] = printed(CliRunner(), [*command, "--help"])
        return pages[command]

    return page


def printed(runner, arguments):
    """Return what the program prints, through its real entry point."""
    with runner.isolation(color=False) as streams:
        code = main(["--lang", "en", *arguments])
        page = streams[0].getvalue().decode()
    assert code == 0, (arguments, page)
    return page


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_to_something(document):
    for link in LINK.findall(document.read_text("utf-8")):
        if re.match(r"https?://|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name) if name else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("name", USERS)
def test_every_command_is_in_the_readme(name, help_of):
    shown = re.findall(r"^  (\w+)  ", help_of().partition("\nCommands")[2], re.MULTILINE)
    assert set(shown) == set(COMMANDS)
    assert not [command for command in shown if f"`prep {command}" not in text(name)]


@pytest.mark.parametrize("name", ALL)
def test_every_command_that_is_named_exists(name):
    calls = [call.split() for call in CALL.findall(text(name))]
    named = {call[0] for call in calls if call and not call[0].startswith("-")}
    assert named <= COMMANDS.keys()


@pytest.mark.parametrize("name", ALL)
def test_every_option_that_is_named_exists(name, help_of):
    inner = [help_of("bank", "check"), help_of("run", "exercise")]
    pages = [help_of(), *inner, *(help_of(command) for command in COMMANDS)]
    known = {option for page in pages for option in OPTION.findall(page)}
    assert set(OPTION.findall(text(name))) - OTHERS <= known


@pytest.mark.parametrize("name", USERS)
def test_every_option_of_the_quiz_is_in_the_readme(name, help_of):
    options = set(OPTION.findall(help_of("quiz"))) - {"--help"}
    assert options <= set(OPTION.findall(text(name)))


@pytest.mark.parametrize("name", USERS)
def test_the_readme_starts_with_two_commands(name):
    blocks = re.findall(r"```console\n(.*?)\n```", text(name), re.DOTALL)
    assert blocks[0].startswith("pip install -e . && prep quiz")
    assert blocks[1] == 'pip install -e ".[all,dev]" && pytest'


@pytest.mark.parametrize("name", [*USERS, "docs/questions.md"])
def test_the_question_that_is_shown_is_a_good_one(name, tmp_path, capsys):
    shown = re.search(r"```yaml\n(format: 1\nquestions:.*?)```", text(name), re.DOTALL)[1]
    topic = tmp_path / "foundations"
    topic.mkdir()
    (topic / "shown.yaml").write_text(shown, "utf-8")
    (topic / "topic.yaml").write_text(text("questions/foundations/topic.yaml"), "utf-8")
    main(["bank", "check", str(topic)])
    assert "shown.yaml" not in capsys.readouterr().out


def lines_of(svg):
    return re.findall(r">([^<>]+)</text>", svg)


@pytest.fixture(scope="module")
def drawn():
    """Return the pictures as the program draws them now."""
    path = ROOT / "docs" / "make_pictures.py"
    spec = importlib.util.spec_from_file_location("make_pictures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pictures()


@pytest.mark.parametrize("name", ["quiz.svg", "quiz.zh.svg"])
def test_the_picture_shows_the_program_as_it_is(name, drawn):
    kept = (ROOT / "docs" / name).read_text("utf-8")
    assert lines_of(kept) == lines_of(drawn[name]), "run `python docs/make_pictures.py`"


@pytest.mark.parametrize("name", ["quiz.svg", "quiz.zh.svg"])
def test_the_picture_fetches_nothing(name):
    kept = (ROOT / "docs" / name).read_text("utf-8")
    assert not re.search(r"@font-face|@import|url\(\s*['\"]?http|<image|<script", kept)
