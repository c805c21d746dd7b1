"""Light mark-up, code and wrapping."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.control import strip_control_codes
from rich.text import Text

from prep.ui.console import make_console
from prep.ui.markup import blocks, code_block, highlighted, inline
from prep.ui.wrap import item, page

MIXED = st.text(alphabet="ab `*-，。（）“”中文字 \n√σ😀é\u0301\u200b", max_size=200)


def shown(parts, width=80):
    """Return what a console of this width prints, without spaces at the ends of lines."""
    console = make_console(io.StringIO(), plain=True, width=width)
    console.print(page(parts))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def styles(text):
    return [(text.plain[span.start : span.end], span.style) for span in text.spans]


def test_code_and_bold_are_styled_and_lose_their_marks():
    text = inline("the `KV cache` is **not** free")
    assert text.plain == "the KV cache is not free"
    assert styles(text) == [("KV cache", "code"), ("not", "strong")]


def test_stars_inside_code_are_code():
    assert styles(inline("`a ** b` and `**kwargs`")) == [("a ** b", "code"), ("**kwargs", "code")]


def test_marks_without_a_partner_stay():
    assert inline("2 * 3 ** 4 ` 5").plain == "2 * 3 ** 4 ` 5"


def test_white_space_is_folded():
    assert inline(" one\n  two\tthree ").plain == "one two three"


def test_paragraphs_and_lists():
    words = "One\ntwo.\n\nThree:\n- first\n- second\nafter\n"
    assert shown(blocks(words)) == "One two.\n\nThree:\n• first\n• second\nafter"


def test_a_list_item_goes_on_below_its_text():
    assert shown(blocks("- " + "word " * 10), 24) == (
        "• word word word word\n  word word word word\n  word word"
    )


def test_chinese_breaks_between_characters_but_not_before_a_comma():
    assert shown(blocks("- 注意力分数要除以根号，否则会饱和。"), 12) == (
        "• 注意力分数\n  要除以根\n  号，否则会\n  饱和。"
    )


@pytest.mark.parametrize("width", [20, 40, 80])
@given(words=MIXED)
def test_no_line_is_wider_than_the_console(words, width):
    for part in (blocks(words), [item(" 1 ", inline(words))], [code_block(words, numbers=True)]):
        assert max(map(cell_len, shown(part, width).splitlines()), default=0) <= width


@given(words=MIXED)
def test_wrapping_loses_no_character(words):
    def bare(text):
        return "".join(text.split())

    assert bare(shown([inline(words)], 20)) == bare(inline(words).plain)


@given(code=st.text(max_size=300))
@example(code="def f(:\n\tx = '''\n y")
@example(code="\x00")
@example(code="\f x\n  y\n z")
@example(code="if x:\n        a\n    b")
@example(code="x = 'é中' # 😀\r\ny")
@example(code="\ufeff1")
@example(code="0777 1__0 1e")
def test_the_highlighter_takes_any_text_and_leaves_it(code):
    assert highlighted(code).plain == strip_control_codes(code)


@given(code=st.text(alphabet="abif '\"#()[]:\n\t\\0.1=中", max_size=120))
def test_the_highlighter_takes_what_looks_like_python(code):
    assert highlighted(code).plain == code


def test_python_is_coloured():
    text = highlighted("for x in [1, 'a']:  # 注释\n    pass")
    assert styles(text) == [
        ("for", "code.keyword"), ("in", "code.keyword"), ("1", "code.number"),
        ("'a'", "code.text"), ("# 注释", "code.comment"), ("pass", "code.keyword"),
    ]  # fmt: skip


def test_lines_of_code_are_numbered_and_marked():
    code = "\n".join(f"x{n}" for n in range(10))
    lines = shown([code_block(code, numbers=True, marks=frozenset({10}))]).splitlines()
    assert (lines[0], lines[9]) == ("    1 x0", "  ▶10 x9")


def test_a_blank_line_of_code_stays():
    assert shown([code_block("a\n\nb")]) == "  a\n\n  b"


def test_a_text_of_the_terminal_is_not_mark_up():
    assert shown([inline("[bold]x[/] :smile:"), Text("[red]")]) == "[bold]x[/] :smile:\n[red]"
