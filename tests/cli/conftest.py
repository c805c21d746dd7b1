"""The program as a user meets it, in a home of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from prep.app.attempts import record_attempt
from prep.cli.context import Clock
from prep.cli.main import main
from prep.store import Store
from tests.making import report_of

BANKS = Path(__file__).parents[1] / "banks"
TWELVE = str(BANKS / "twelve")
DRAWN = str(BANKS / "drawn")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Give each test its own progress, English, a fixed evening, 80 columns."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    values = {"PREP_HOME": folder, "LANG": "en_US.UTF-8", "TZ": "UTC", "COLUMNS": "80"}
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("PREP_NOW", "2026-11-22T18:00:00+00:00")
    return folder


@pytest.fixture
def prep(capsys, monkeypatch, home):
    """Return a function that runs one command: its code, its output and its errors."""

    def run(*arguments, stdin=""):
        monkeypatch.setattr("sys.stdin", _Stdin(stdin))
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return run


@pytest.fixture
def take(prep):
    """Return a function that takes a JSON quiz: the lines sent, and the messages that came."""

    def run(*lines, bank=TWELVE, arguments=(), lang="en"):
        text = "".join(f"{_line(line)}\n" for line in lines)
        result = prep("--lang", lang, "quiz", "--json", "--bank", bank, *arguments, stdin=text)
        assert (result.code, result.err) == (0, "")
        return [json.loads(line) for line in result.out.splitlines()]

    return run


@pytest.fixture
def pass_exercise(home):
    """Return a function that stores an attempt of this moment, without the grading."""

    def store(name, verdict="passed", sha="a"):
        with Store.open(home / "progress.sqlite3") as opened:
            return record_attempt(opened, Clock(), report_of(name, verdict, sha))

    return store


def environment(**more):
    """Return the environment for a process that is to import this checkout's `prep`."""
    source = str(Path(__file__).parents[2] / "src")
    return {**os.environ, "PYTHONPATH": source, **more}


def _line(line):
    return line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)


class _Stdin:
    """What a pipe gives; not a terminal."""

    def __init__(self, text):
        self._lines = text.splitlines(keepends=True)

    def __iter__(self):
        return iter(self._lines)

    def readline(self):
        return self._lines.pop(0) if self._lines else ""

    def isatty(self):
        return False
