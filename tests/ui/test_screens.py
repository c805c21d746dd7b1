"""Whole screens of the twelve types, in both languages, at 80 and 40 columns.

The files under snapshots/ are what a learner sees: read them. After a change that is
meant, `PREP_SNAPSHOTS=write pytest tests/ui` writes them anew.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from prep.core.keys import key_response
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Ticks, Typed
from prep.ui.console import make_console
from prep.ui.feedback import feedback_screen
from prep.ui.question import question_screen
from prep.ui.report import report_text
from prep.ui.words import Words
from prep.ui.wrap import page
from tests.app.conftest import World
from tests.cli.conftest import BANKS

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRONG = {
    "single": Picks((2,)),
    "multiple": Picks((0, 2)),
    "true-false": Reasoned(1, 0),
    "numeric": Typed("28"),
    "short": Typed("prefix cache"),
    "ordering": Order((1, 0, 2, 3)),
    "matching": Match((1, 2)),
    "cloze": Blanks(("-1", "0")),
    "output": Typed("10"),
    "bug": Reasoned(2, 0),
    "shape": Typed("(B, H, S, D)"),
    "open": Ticks((0,)),
}
TYPES = list(WRONG)
LANGUAGES = ["en", "zh"]
WIDTHS = [80, 40]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Return for each type a right and a wrong outcome, from a real quiz."""
    world = World(tmp_path_factory.mktemp("world"))
    world.use(BANKS / "twelve")
    found = {}
    for number in range(2):
        world.outside.pass_time(days=40 * number)
        quiz = world.quiz(count=12, new=12, seed=1)
        while (shown := quiz.current()) is not None:
            first = shown.item.why != "again"
            response = WRONG[shown.type] if number and first else key_response(shown.question)
            outcome = quiz.answer(shown, response, 1000)
            if first:
                found.setdefault(shown.type, []).append(outcome)
    world.store.close()
    return found


def rendered(parts, width, **how):
    console = make_console(io.StringIO(), plain=True, width=width, **how)
    console.print(page(parts))
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES)
def test_the_screens_are_as_they_were(outcomes, kind, language, width):
    words = Words(language)
    right, wrong = outcomes[kind]
    line = "─" * width + "\n"
    text = line.join([
        rendered(question_screen(right.shown, words), width),
        rendered(feedback_screen(right, words), width),
        rendered(question_screen(wrong.shown, words), width),
        rendered(feedback_screen(wrong, words), width),
    ])  # fmt: skip
    assert max(map(cell_len, text.splitlines())) <= width
    assert "\x1b" not in text
    compare(f"{kind}.{language}.{width}.txt", text)


def compare(name, text):
    """Compare with a file of snapshots/, or write it."""
    path = SNAPSHOTS / name
    if os.environ.get("PREP_SNAPSHOTS") == "write":
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_no_snapshot_is_left_over():
    expected = {f"{k}.{lang}.{width}.txt" for k in TYPES for lang in LANGUAGES for width in WIDTHS}
    assert {path.name for path in SNAPSHOTS.iterdir()} == expected


@pytest.mark.parametrize("kind", TYPES)
def test_a_wrong_answer_is_not_called_right(outcomes, kind):
    right, wrong = outcomes[kind]
    assert rendered(feedback_screen(right, Words("en")), 80).startswith("✓ Right")
    assert rendered(feedback_screen(wrong, Words("en")), 80).startswith(("✗ Wrong", "~ Partly"))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_with_no_color_nothing_is_coloured(outcomes, monkeypatch, kind, language):
    monkeypatch.setenv("FORCE_COLOR", "1")
    words = Words(language)
    parts = [
        *question_screen(outcomes[kind][1].shown, words),
        *feedback_screen(outcomes[kind][1], words),
    ]

    def raw(*, plain):
        console = make_console(io.StringIO(), plain=plain, width=80)
        console.print(page(parts))
        return console.file.getvalue()

    assert "\x1b[" in raw(plain=False)
    assert "\x1b" not in raw(plain=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not any(f"\x1b[{n}m" in raw(plain=False) for n in range(30, 50))


def keyless(question):
    """Return a question that differs in everything that tells its key."""

    def turned(name):
        return tuple(
            replace(o, right=not o.right, reason=text) for o in getattr(question, name, ())
        )

    text = question.prompt
    blanks = tuple(replace(b, accept=("?",), near=()) for b in getattr(question, "blanks", ()))
    changes = {
        "explanation": text, "sources": (), "value": "?", "accept": ("?",), "near": (),
        "lines": (1,), "fix": "?", "failure": "?", "verdict": False, "answer": text,
        "options": turned("options"), "reasons": turned("reasons"), "blanks": blanks,
    }  # fmt: skip
    known = changes.keys() & set(question.__struct_fields__)
    return replace(question, **{name: changes[name] for name in known})


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Return every question of the shipped bank, as a quiz asks it."""
    from prep.cli.places import shipped as folder
    from prep.model.session import Item

    world = World(tmp_path_factory.mktemp("world"))
    world.use(folder("questions"))
    world.store.close()
    entries = world.shown.index.entries
    return [
        world.shown.shown(Item(question=e.id, seed=5, why="cram"), number=1, total=9)
        for e in entries
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_s_screen_tells_its_key(shipped, language):
    words = Words(language)
    for shown in shipped:
        blind = replace(shown, question=keyless(shown.question))
        assert rendered(question_screen(shown, words), 80) == rendered(
            question_screen(blind, words), 80
        )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_of_the_bank_fits_its_console(shipped, language, width):
    from prep.app.show import answered

    words = Words(language)
    for shown in shipped:
        text = rendered(question_screen(shown, words), width)
        text += rendered(feedback_screen(answered(shown), words), width)
        assert max(map(cell_len, text.splitlines())) <= width, shown.question.id


@pytest.mark.parametrize("kind", TYPES)
def test_a_report_has_what_is_needed_to_see_the_same_screen(outcomes, kind):
    wrong = outcomes[kind][1]
    text = report_text(wrong.shown, wrong, Words("zh")).plain
    for fact in (wrong.shown.question.id, str(wrong.shown.item.seed), "language: zh", "score: "):
        assert fact in text
