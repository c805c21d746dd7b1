from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from prep.ui.console import make_console
from prep.ui.tables import is_number, pairs, table
from prep.ui.wrap import page

HEAD = ("model", "held-out accuracy", "furthest weight from one rank", "seconds")
ROWS = (("one process", "0.933", "0.0e+00", "10.4"), ("两个进程", "0.9331", "3.1e-09", "9"))


def shown(parts, width):
    out = io.StringIO()
    make_console(out, plain=True, width=width).print(page(parts))
    return out.getvalue().splitlines()


def test_numbers_stand_at_the_right_and_words_at_the_left():
    assert shown(table(HEAD, ROWS, 80), 80) == [
        "model        held-out accuracy  furthest weight from one rank  seconds",
        "one process              0.933                        0.0e+00     10.4",
        "两个进程                0.9331                        3.1e-09        9",
    ]


def test_a_long_head_is_broken_before_the_table_is():
    assert shown(table(HEAD, ROWS, 42), 42) == [
        "model          held-out  furthest  seconds",
        "               accuracy    weight",
        "                         from one",
        "                             rank",
        "one process       0.933   0.0e+00     10.4",
        "两个进程         0.9331   3.1e-09        9",
    ]


def test_a_table_too_wide_becomes_a_block_for_each_row():
    lines = shown(table(HEAD, ROWS, 30), 30)
    assert lines[:4] == [
        "model: one process",
        "held-out accuracy: 0.933",
        "furthest weight from one rank:",
        "0.0e+00",
    ]
    assert lines[-1] == "seconds: 9"
    assert lines.count("") == 1
    assert max(map(cell_len, lines)) <= 30


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(width):
    wide = [(f"topic {at}", *["12"] * 9) for at in range(9)]
    for head, rows in ((HEAD, ROWS), (("", *["主题名称"] * 9), wide)):
        assert max(map(cell_len, shown(table(head, rows, width), width))) <= width


def test_names_have_their_values_beside_them():
    rows = [("参数量", "1,380"), ("data", "drawn with the seed " * 3)]
    lines = shown(pairs(rows, 40), 40)
    assert lines[0] == "参数量  1,380"
    assert lines[1].startswith("data    drawn")
    assert lines[2].startswith("        ")


@pytest.mark.parametrize("text", ["1", "-0.5", "1,380", "3.1e-09", "12 %", "0.71 ± 0.02", "5 MiB"])
def test_a_number_may_have_sign_exponent_and_unit(text):
    assert is_number(text)


@pytest.mark.parametrize("text", ["one", "1-2 steps", "bit for bit"])
def test_other_text_is_no_number(text):
    assert not is_number(text)
