"""Lines break where a reader of English or Chinese expects it, and keep their colours."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from prep.ui.console import STYLES
from prep.ui.wrap import item, page, wrapped

GREEN, OFF = "\x1b[1;32m", "\x1b[0m"


def printed(*parts):
    theme = Theme(STYLES, inherit=False)
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="standard", theme=theme, width=20
    )
    console.print(page(parts))
    return console.file.getvalue()


def test_a_line_keeps_its_own_style():
    assert printed(Text("Right", style="right")) == f"{GREEN}Right{OFF}\n"


def test_the_mark_of_an_item_keeps_its_style():
    assert printed(item("✓", Text("yes"), "right")) == f"{GREEN}✓ {OFF}yes\n"


def test_a_part_of_a_line_keeps_its_style_within_the_lines():
    text = Text("a ").append("b", style="right")
    assert printed(text) == f"a {GREEN}b{OFF}\n"


def test_wrapped_lines_hang_under_the_text():
    assert printed(item("✓", Text("one two three four five"))) == "✓ one two three four\n  five\n"


def test_chinese_breaks_between_characters_and_not_before_a_comma():
    lines = [line.plain for line in wrapped(Text("梯度消失，梯度爆炸"), 8)]
    assert lines == ["梯度消", "失，梯度", "爆炸"]
