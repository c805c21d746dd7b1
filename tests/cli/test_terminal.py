"""A quiz by hand: keys in, screens out, on a real pseudo-terminal."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.conftest import TWELVE, environment

if sys.platform == "win32":
    pytest.skip("pseudo-terminals of POSIX", allow_module_level=True)

import termios

import pexpect
from rich.cells import cell_len

ENTER, INTERRUPT, END, UP = "\r", "\x03", "\x04", "\x1b[A"
_SPACE = r"(?:\s|\x1b\[[0-9;]*m)+"
ASKED = {"en": rf"\?{_SPACE}keys", "zh": rf"\?{_SPACE}按键说明"}
FEEDBACK = {"en": rf"Enter next · {ASKED['en']}", "zh": rf"Enter 下一题 · {ASKED['zh']}"}
_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")
PROMPTS = {
    "√d": "single", "batch size": "multiple", "causal mask": "true-false", "bf16": "numeric",
    "per token": "short", "training step": "ordering", "belongs to which": "matching",
    "Complete the": "cloze", "this print": "output", "mean is wrong": "bug",
    "have the scores": "shape", "NaN": "open",
}  # fmt: skip
TYPED = {"numeric": ["14"], "short": ["KV cache"], "cloze": ["-1", "3"], "output": ["6"],
         "shape": ["(B,H,S,S)"], "bug": ["3"]}  # fmt: skip


class Terminal:
    """One run of `prep quiz` on a terminal."""

    def __init__(self, home, *arguments, lang="en", columns=80, bank=TWELVE, **more):
        env = environment(PREP_HOME=str(home), TERM="xterm-256color", **more)
        for name in ("COLUMNS", "LINES", "PREP_NOW"):
            env.pop(name, None)
        self.lang = lang
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "prep", "--lang", lang, "quiz", "--bank", bank, *arguments],
            env=env, encoding="utf-8", timeout=20, dimensions=(50, columns),
        )  # fmt: skip
        self.seen = ""

    def wait(self, pattern):
        """Wait for `pattern` and return the text before it and itself, without codes."""
        self.child.expect(pattern)
        text = _CODES.sub("", self.child.before + self.child.after)
        self.seen += text
        return text

    def question(self):
        """Wait for a question; return its screen."""
        screen = self.wait(ASKED[self.lang])
        if "> " not in screen and self.kind(screen) in TYPED:
            screen += self.wait("> ")
        return screen

    @staticmethod
    def kind(screen):
        return next(kind for words, kind in PROMPTS.items() if words in screen)

    def press(self, keys):
        self.child.send(keys)

    def answer(self, screen):
        """Give the right answer to the question on the screen."""
        kind = self.kind(screen)
        if kind in TYPED:
            self._type(kind)
        match kind:
            case "single":
                self.press(find(screen, "RIGHT"))
            case "multiple":
                self.press(find(screen, "RIGHT") + ENTER)
            case "true-false":
                self.press("2")
            case "ordering":
                self.press("".join(find(screen, f"S{step}") for step in (1, 2, 3, 4)) + ENTER)
            case "matching":
                self.press(find(screen, "R1") + find(screen, "R2") + ENTER)
            case "open":
                self.press(ENTER)
                self.wait("Tick.*bonus")
                self.press("123" + ENTER)
        if kind in {"true-false", "bug"}:
            last = {"true-false": 3, "bug": 2}[kind]
            self.press(find(self.wait(rf"Why\?(?s:.*?) {last}  [^\n]*\n"), "RIGHT"))
        return self.wait(FEEDBACK[self.lang])

    def _type(self, kind):
        for number, text in enumerate(TYPED[kind]):
            if number:
                self.wait("__2__ > ")
            self.press(text + ENTER)

    def end(self):
        """Wait for the end of the program; return its exit code.

        `restored` then says whether the terminal echoes and edits lines, as it did before.
        """
        self.child.expect(pexpect.EOF)
        self.seen += _CODES.sub("", self.child.before)
        flags = termios.tcgetattr(self.child.child_fd)[3]
        self.restored = bool(flags & termios.ECHO) and bool(flags & termios.ICANON)
        self.child.close()
        return self.child.exitstatus


def find(screen, word):
    """Return the keys beside the choices that hold `word`, in the last list of the screen."""
    return "".join(re.findall(rf"^ (\d) [^\n]*{word}", screen, re.MULTILINE))


@pytest.fixture
def quiz(home):
    """Return a function that starts a quiz; nothing survives the test."""
    started = []

    def start(*arguments, **more):
        started.append(Terminal(home, *arguments, **more))
        return started[-1]

    yield start
    for terminal in started:
        terminal.child.close(force=True)


@pytest.fixture
def stored(home):
    """Return a function that returns the stored lines of the log."""

    def read():
        command = [sys.executable, "-m", "prep", "export"]
        env = environment(PREP_HOME=str(home))
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return [line["entry"] for line in lines if "entry" in line] or [
            line for line in lines if "kind" in line
        ]

    return read


ONE = ("--seed", "1", "--count", "1")  # a-single


def test_all_twelve_types_are_answered_by_keys(quiz, stored):
    terminal = quiz("--new", "--count", "12", "--seed", "1")
    kinds = []
    for _ in range(12):
        screen = terminal.question()
        kinds.append(terminal.kind(screen))
        assert "✓ Right" in terminal.answer(screen)
        terminal.press(ENTER)
    assert terminal.end() == 0
    assert sorted(kinds) == sorted(PROMPTS.values())
    assert "Done: 12 questions, 12 points, 100%." in terminal.seen
    assert [line["score"] for line in stored()] == [1.0] * 12
    assert terminal.restored


def test_full_width_digits_are_digits_and_arrows_are_nothing(quiz):
    terminal = quiz(*ONE)
    key = find(terminal.question(), "RIGHT")
    terminal.press(UP + "\x1bOP" + "\x1b[15~" + chr(ord(key) + 0xFEE0))
    assert "Right" in terminal.wait(FEEDBACK["en"])
    assert "Press a number" not in terminal.seen.split("? keys", 1)[1]


def test_other_keys_are_explained(quiz):
    terminal = quiz(*ONE)
    terminal.question()
    terminal.press("z")
    terminal.wait("Press a number from 1 to 4, or \\? for all keys.")
    terminal.press("?")
    terminal.wait("Keys: h hint · s skip · u undo")
    terminal.press("h")
    terminal.wait("Hint: Not ")


def test_an_interrupt_at_the_question_gives_the_terminal_back(quiz, stored):
    terminal = quiz(*ONE)
    terminal.question()
    terminal.press(INTERRUPT)
    assert terminal.end() == 130
    assert "Interrupted. Every answer given so far is stored." in terminal.seen
    assert terminal.restored
    assert stored() == []


def test_an_interrupt_while_typing_gives_the_terminal_back(quiz):
    terminal = quiz("--new", "--count", "2", "--seed", "1")
    terminal.answer(terminal.question())
    terminal.press(ENTER)
    terminal.question()
    terminal.press("KV" + INTERRUPT)
    assert terminal.end() == 130
    assert terminal.restored


def test_an_interrupt_at_the_feedback_keeps_the_answer(quiz, stored):
    terminal = quiz(*ONE)
    terminal.answer(terminal.question())
    terminal.press(INTERRUPT)
    assert terminal.end() == 130
    assert len(stored()) == 1
    assert terminal.restored


@pytest.mark.parametrize("key", ["q", END])
def test_quitting_is_friendly(quiz, key):
    terminal = quiz("--new", "--count", "3")
    terminal.question()
    terminal.press(f":{key}{ENTER}" if "> " in terminal.seen and key == "q" else key)
    assert terminal.end() == 0
    assert "Stopped: 0 of 3 answered and stored." in terminal.seen
    assert terminal.restored


def test_quitting_at_the_feedback_and_going_on_later(quiz):
    terminal = quiz("--new", "--count", "3")
    terminal.answer(terminal.question())
    terminal.press("q")
    assert terminal.end() == 0
    later = quiz("--new", "--count", "3")
    assert "Question 2/3" in later.question()
    assert "Taking up the quiz of today: 1 of 3 answered." in later.seen


def test_a_polite_kill_gives_the_terminal_back(quiz, stored):
    terminal = quiz(*ONE)
    terminal.answer(terminal.question())
    os.kill(terminal.child.pid, signal.SIGTERM)
    assert terminal.end() == 130
    assert terminal.restored
    assert len(stored()) == 1


def test_a_closed_terminal_ends_the_quiz_and_is_no_bug_of_ours(quiz, stored, home):
    terminal = quiz(*ONE)
    terminal.answer(terminal.question())
    terminal.child.ptyproc.fileobj.close()  # and not terminal.child.close(), which would kill it
    assert os.waitstatus_to_exitcode(wait_for(terminal.child.pid)) == 130
    terminal.child.ptyproc.terminated = terminal.child.ptyproc.closed = True
    assert not (home / "crash.log").exists()
    assert len(stored()) == 1


def wait_for(pid):
    """Return the status of a process that must end within seconds."""
    for _ in range(200):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.05)
    raise AssertionError(pid)


def test_a_killed_quiz_is_taken_up_where_it_was(quiz, stored):
    terminal = quiz("--new", "--count", "3")
    first = terminal.question()
    terminal.answer(first)
    os.kill(terminal.child.pid, signal.SIGKILL)
    terminal.child.expect(pexpect.EOF)
    later = quiz("--new", "--count", "3")
    assert "Question 2/3" in later.question()
    assert len(stored()) == 1


def test_a_mock_exam_ends_when_its_time_is_up(quiz, stored):
    terminal = quiz("--mock", "--minutes", "0.1", "--count", "3", "--seed", "1")
    terminal.question()
    assert "0.1 min left" in terminal.wait("min left")
    terminal.press("z" if "> " not in terminal.seen else "")
    started = time.monotonic()
    assert terminal.end() == 0
    assert time.monotonic() - started < 8
    assert "Time is up." in terminal.seen
    assert "Not answered: 3 (they count as wrong)." in terminal.seen
    assert terminal.restored
    assert stored() == []


def test_a_mock_exam_gives_its_feedback_at_the_end(quiz):
    terminal = quiz("--mock", "--count", "1", "--seed", "4", "--topic", "attention")
    screen = terminal.question()
    key = find(screen, "RIGHT") or "x"
    assert terminal.kind(screen) in {"single", "true-false"} or key == "x"
    terminal.press(END)
    assert terminal.end() == 0
    assert "the clock goes on too" in terminal.seen


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_wider_than_40_columns(quiz, lang):
    terminal = quiz(*ONE, lang=lang, columns=40)
    screen = terminal.question()
    terminal.press(find(screen, "RIGHT"))
    terminal.wait(FEEDBACK[lang])
    assert [line for line in terminal.seen.split("\n") if cell_len(line) > 40] == []


@pytest.mark.parametrize("how", [{"arguments": ("--plain",)}, {"NO_COLOR": "1"}], ids=str)
def test_plain_and_no_color_show_no_colours(quiz, how):
    arguments = how.pop("arguments", ())
    terminal = quiz("--new", "--count", "2", "--seed", "1", *arguments, **how)
    terminal.child.logfile_read = io.StringIO()
    terminal.answer(terminal.question())
    raw = terminal.child.logfile_read.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|9[0-7]|38|48)\b[0-9;]*m", raw)
    assert "\x1b" not in raw or not arguments


def test_a_chinese_quiz_speaks_chinese(quiz):
    terminal = quiz(*ONE, lang="zh")
    screen = terminal.question()
    assert "第 1/1 题 · 基础 · 难度 1 · 新题" in screen
    terminal.press(find(screen, "RIGHT"))
    assert "✓ 答对了" in terminal.wait(FEEDBACK["zh"])
    terminal.press(ENTER)
    assert terminal.end() == 0
    assert "完成：1 题，得 1 分，100%。" in terminal.seen


def test_a_pasted_text_answers_one_question_at_most(quiz, stored):
    terminal = quiz("--new", "--count", "3", "--seed", "1")
    terminal.question()
    terminal.press("1\r1\r1\r1\r")
    terminal.wait(FEEDBACK["en"])
    time.sleep(0.3)
    terminal.press("q")
    assert terminal.end() == 0
    assert len(stored()) == 1


def test_enter_alone_is_no_answer(quiz, stored):
    terminal = quiz("--new", "--count", "1", "--seed", "1")
    terminal.question()
    terminal.press(ENTER)
    terminal.wait("Press a number from 1 to 4")
    assert stored() == []


def test_typed_commands_follow_a_colon(quiz):
    terminal = quiz("--new", "--count", "2", "--seed", "1")
    terminal.answer(terminal.question())
    terminal.press(ENTER)
    assert terminal.kind(terminal.question()) == "short"
    for typed, reply in {
        ":h": "It begins with KV",
        ":?": "Keys: h hint",
        ":z": "There is no command :z",
        "": "> ",
        "KV cahce": "Nearly: check the spelling",
        ":u": "taken back",
    }.items():
        terminal.press(typed + ENTER)
        terminal.wait(reply)
    assert terminal.kind(terminal.question()) == "single"


def test_after_an_answer_one_may_take_it_back_or_say_more(quiz, stored):
    terminal = quiz(*ONE)
    screen = terminal.question()
    terminal.press("4")
    terminal.wait(FEEDBACK["en"])
    for key, reply in {
        "?": "o I was right",
        "g": "Only a right answer",
        "o": "Noted: you were right",
        "r": "variant seed: 1",
    }.items():
        terminal.press(key)
        terminal.wait(reply)
    terminal.press("u")
    terminal.wait("The last answer is taken back")
    assert find(terminal.question(), "RIGHT") == find(screen, "RIGHT")
    assert [line["kind"] for line in stored()] == ["learn", "override", "undo"]


def test_a_suspended_question_is_gone(quiz):
    terminal = quiz(*ONE)
    terminal.question()
    terminal.press("x")
    terminal.wait("Suspended: `prep resume a-single` asks it again.")
    assert terminal.end() == 0


def test_nothing_to_ask_is_said(quiz):
    terminal = quiz("--due")
    assert terminal.end() == 0
    assert "Nothing is due" in terminal.seen


def test_prep_alone_says_what_is_due(home):
    env = environment(PREP_HOME=str(home), TERM="xterm")
    child = pexpect.spawn(sys.executable, ["-m", "prep", "--lang", "zh"],
                          env=env, encoding="utf-8", timeout=20)  # fmt: skip
    child.expect(pexpect.EOF)
    assert "今天：0 道到期复习，10 道新题。" in _CODES.sub("", child.before)
    child.close()
    assert child.exitstatus == 0
