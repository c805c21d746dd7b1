"""`prep grade` on a real pseudo-terminal, with `--watch` too: saves, keys, and how it ends."""

from __future__ import annotations

import re
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import environment
from tests.cli.shop import LAUNCH, make_shop
from tests.grading.samples import RIGHT, WRONG

pytest.importorskip("numpy")
if sys.platform == "win32":
    pytest.skip("pseudo-terminals of POSIX", allow_module_level=True)

import termios

import pexpect

HANGS = RIGHT.replace("return 2 * x", "__import__('time').sleep(99)")
KEYS = "q quit"
_MOVES = re.compile(r"\x1b\[[0-9;?]*[A-HJKfhl]")


class Watch:
    """One `prep grade one`, in a folder of its own."""

    def __init__(self, folder, source, *arguments):
        make_shop(folder / "shop", "one")
        self.file = folder / "mine.py"
        self.file.write_text(source, encoding="utf-8")
        env = environment(PREP_HOME=str(folder / "home"), TERM="xterm", LANG="C.UTF-8")
        for name in ("COLUMNS", "LINES", "PREP_NOW"):
            env.pop(name, None)
        command = ["-c", LAUNCH, str(folder / "shop"), "grade", "one", *arguments]
        self.child = pexpect.spawn(
            sys.executable, [*command, "--file", str(self.file)], env=env, cwd=str(folder),
            encoding="utf-8", timeout=30, dimensions=(40, 80),
        )  # fmt: skip

    def see(self, pattern):
        self.child.expect(pattern)
        return self.child.before + self.child.after

    def save(self, source):
        """Save as vim does: the old file is renamed, a new one written."""
        self.file.rename(self.file.with_suffix(".py~"))
        self.file.write_text(source, encoding="utf-8")

    def press(self, keys):
        self.child.send(keys)

    def processes(self):
        return psutil.Process(self.child.pid).children(recursive=True)

    def end(self, *, code):
        """Wait for the end; nothing may be left of it."""
        left = self.processes()
        self.child.expect(pexpect.EOF)
        self.child.wait()
        assert (self.child.exitstatus, self.child.signalstatus) == (code, None)
        _, alive = psutil.wait_procs(left, timeout=3)
        assert alive == []


@pytest.fixture
def watch(tmp_path):
    """Return a function that begins to watch a file."""
    begun = []

    def begin(source, *arguments, option="--watch"):
        begun.append(Watch(tmp_path, source, *filter(None, (option, *arguments))))
        return begun[-1]

    yield begin
    for found in begun:
        found.child.close(force=True)


def test_each_save_is_graded_and_the_verdict_before_it_stays(watch):
    seen = watch(WRONG)
    seen.see("Not right yet")
    seen.see(KEYS)
    seen.save(RIGHT)
    between = seen.see("Passed")
    assert "\x1b[2J" not in between  # nothing above is wiped
    seen.see(KEYS)
    seen.file.write_text(RIGHT, encoding="utf-8")  # the same text
    with pytest.raises(pexpect.TIMEOUT):
        seen.child.expect("Passed", timeout=0.6)
    seen.press("g")
    seen.see("Passed")
    seen.press("q")
    seen.end(code=0)


def test_a_save_cancels_what_runs_and_keys_work_meanwhile(watch):
    seen = watch(HANGS)
    seen.see("double")
    seen.press("h")
    seen.see("Hint 1 of 2")
    seen.press("s")
    seen.see("our solution stays hidden")
    seen.press("?")
    seen.see("Keys: h hint")
    began = time.monotonic()
    seen.save(RIGHT)
    seen.see("Passed")
    assert time.monotonic() - began < 2.5  # the hang alone would take 3 s
    seen.press("s")
    seen.see(r"double\(x\):")
    seen.press("q")
    seen.end(code=0)


def test_what_is_wrong_with_the_file_is_said_and_it_goes_on(watch):
    seen = watch("def double(:\n")
    seen.see("Your file cannot be loaded")
    seen.see("SyntaxError")
    seen.see(KEYS)
    seen.file.unlink()
    seen.see(r"is\s+gone")
    seen.file.mkdir()
    seen.see(r"is\s+not\s+a\s+file")
    seen.file.rmdir()
    seen.file.write_text(RIGHT, encoding="utf-8")
    seen.see("Passed")
    seen.press("q")
    seen.end(code=0)


def test_quitting_while_a_grading_runs_leaves_nothing(watch):
    seen = watch(HANGS)
    seen.see("double")
    seen.press("q")
    seen.end(code=0)


@pytest.mark.parametrize("how", ["key", "signal"])
def test_an_interrupt_gives_the_terminal_back(watch, how):
    seen = watch(HANGS)
    before = termios.tcgetattr(seen.child.fileno())
    seen.see("double")
    assert termios.tcgetattr(seen.child.fileno()) != before
    seen.press("\x03") if how == "key" else seen.child.kill(signal.SIGTERM)
    seen.see("nterrupted")
    seen.end(code=130)
    assert termios.tcgetattr(seen.child.fileno()) == before


def test_plain_output_never_moves_the_cursor(watch):
    seen = watch(WRONG, "--plain")
    text = seen.see("Not right yet") + seen.see("--seed")
    seen.save(RIGHT)
    text += seen.see("Passed")
    assert not _MOVES.search(text)
    assert text.count("✓ total") == 2  # once for each grading
    seen.press("q")
    seen.end(code=0)


def test_on_a_terminal_each_check_has_its_line_while_they_run(watch):
    seen = watch(RIGHT.replace("return float", "__import__('time').sleep(0.5)\n    return float"),
                 option=None)  # fmt: skip
    seen.see("Loading numpy")
    live = seen.see("3/3")
    assert live.index("✓") < live.index("total")
    assert "Passed" not in live
    seen.see("Passed")
    seen.see("--seed")
    seen.end(code=0)


def test_an_interrupted_grading_shows_the_cursor_again_and_leaves_nothing(watch):
    seen = watch(HANGS, option=None)
    assert "\x1b[?25l" in seen.see("double")
    seen.press("\x03")
    assert "\x1b[?25h" in seen.see("nterrupted")
    seen.end(code=130)


def test_two_exercises_cannot_be_watched(prep, tmp_path, monkeypatch):
    root = make_shop(tmp_path / "shop", "one", "two")
    for module in ("prep.cli.places", "prep.cli.context"):
        monkeypatch.setattr(f"{module}.shipped", lambda name: root)
    monkeypatch.setattr("prep.cli.context.Context.interactive", True)
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        assert prep("start", name).code == 0
        assert Path(name, "solution.py").is_file()
    run = prep("grade", "--watch")
    assert (run.code, run.err) == (
        2, "prep: `--watch` needs exactly one exercise: `prep grade ID --watch`.\n",
    )  # fmt: skip
