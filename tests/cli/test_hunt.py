"""`prep hunt`: refusals, the list, and hunts on a real pseudo-terminal."""

from __future__ import annotations

import re
import sys
from datetime import date

import pytest

from prep.app.dev_new import new_exercise
from tests.cli.conftest import environment
from tests.cli.shop import LAUNCH

pytest.importorskip("numpy")
if sys.platform == "win32":
    pytest.skip("pseudo-terminals of POSIX", allow_module_level=True)

import pexpect

_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FIXES = [
    ("    shifted = logits\n", "    shifted = logits - logits.max(axis=1, keepdims=True)\n"),
    ("powers.sum(axis=0", "powers.sum(axis=1"),
    (".sum())", ".mean())"),
]


class Hunt:
    """One `prep hunt softmax`, in a folder of its own."""

    def __init__(self, folder, *arguments, lang="en"):
        made = new_exercise(folder / "shop", "softmax", "debug", today=date(2026, 11, 22))
        text = (made / "exercise.yaml").read_text(encoding="utf-8")
        (made / "exercise.yaml").write_text(text.replace("draft: true", "draft: false"), "utf-8")
        env = environment(PREP_HOME=str(folder / "home"), TERM="xterm", LANG="C.UTF-8")
        for name in ("COLUMNS", "LINES", "PREP_NOW"):
            env.pop(name, None)
        command = ["-c", LAUNCH, str(folder / "shop"), "--lang", lang, "hunt", "softmax"]
        self.file = folder / "softmax" / "solution.py"
        self.child = pexpect.spawn(
            sys.executable, [*command, *arguments], env=env, cwd=str(folder),
            encoding="utf-8", timeout=30, dimensions=(40, 100),
        )  # fmt: skip

    def see(self, pattern):
        self.child.expect(pattern)
        return _STYLE.sub("", self.child.before + self.child.after)

    def fix(self, number):
        old, new = FIXES[number]
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def end(self, *, code):
        self.child.expect(pexpect.EOF)
        rest = _STYLE.sub("", self.child.before)
        self.child.wait()
        assert self.child.exitstatus == code
        return rest


@pytest.fixture
def hunt(tmp_path):
    """Return a function that begins a hunt."""
    begun = []

    def begin(*arguments, **options):
        begun.append(Hunt(tmp_path, *arguments, **options))
        return begun[-1]

    yield begin
    for each in begun:
        each.child.close(force=True)


def test_each_fix_counts_until_all_are_found(hunt):
    seen = hunt()
    seen.see("0 of 3 bugs found, 0%")
    for number, score in enumerate(("40%", "80%")):
        seen.fix(number)
        before = seen.see(f"{number + 1} of 3 bugs found, {score}")
        assert "Large logits" not in before  # what the checks are called gives the bugs away
    seen.fix(2)
    seen.see("3 of 3 bugs found, 100%")
    end = seen.end(code=0)
    assert "All bugs found in 0:" in end
    assert "✓ Large logits stay finite" in end
    assert "goes on without the clock" not in end


def test_when_the_time_is_up_what_was_missed_is_told(hunt):
    seen = hunt("--minutes", "0.08")
    seen.see("0 of 3 bugs found")
    end = seen.end(code=1)
    assert "Time is up after 0:05." in end
    assert "✗ Each row sums to 1" in end
    assert "the classes are the last axis" in end


def test_what_was_found_stays_found_when_a_later_save_breaks_it(hunt):
    seen = hunt()
    seen.see("0 of 3 bugs found")
    seen.fix(2)
    seen.see("1 of 3 bugs found, 20%")
    seen.file.write_text("def softmax(:\n", encoding="utf-8")
    seen.see("SyntaxError")
    seen.child.send("s")
    seen.see("Not while the clock runs")
    seen.child.send("q")
    end = seen.end(code=1)
    assert "You ended the hunt after 0:" in end
    assert "1 of 3 bugs found, 20%" in end


def test_a_raise_is_told_with_her_lines_but_not_by_name(hunt):
    seen = hunt("--plain", "--minutes", "9")
    seen.see("9:00 left.")
    seen.see("0 of 3 bugs found")
    text = seen.file.read_text(encoding="utf-8")
    seen.file.write_text(text.replace("    powers = ", "    powers = nothing  # "), "utf-8")
    told = seen.see("solution.py:9")
    assert "✗ bug 1" in told
    assert "NameError" in told
    assert "Large logits" not in told


def test_chinese_has_its_own_words(hunt):
    seen = hunt("--minutes", "0.05", lang="zh")
    end = seen.end(code=1)
    assert "时间到（0:03）。" in end
    assert "✗ 每一行的和为 1" in end


def test_a_hunt_needs_bugs_and_a_terminal(prep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = prep("hunt", "rnn")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "prep: rnn is no bug hunt: `prep hunt` lists them, and `prep grade rnn --watch` watches an "
        "exercise.\n"
    )
    assert prep("hunt", "gpt").code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_hunt_says_what_is_to_be_done_with_the_file(hunt):
    seen = hunt("--minutes", "0.05")
    seen.see(r"The task: softmax/task.md. Mend softmax/solution.py: each save is graded\.")
