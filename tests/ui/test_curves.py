from __future__ import annotations

import math

import pytest
from rich.cells import cell_len

from prep.model.run import Curve, families
from prep.ui.curves import as_numbers, chart

WIDTHS = (40, 60, 80)


def curve(name, values, *, step=1):
    return Curve(name, tuple(range(1, step * len(values) + 1, step)), tuple(values))


FALLING = curve("loss", [math.exp(-at / 30) for at in range(300)])
RISING = curve("valid_loss", [at / 300 for at in range(0, 300, 10)], step=10)


def drawn(*curves, width=60, height=6, coloured=True):
    return [line.plain for line in chart(curves, width, height, coloured=coloured)]


def test_the_axes_tell_least_greatest_first_and_last():
    legend, *rows, below = drawn(FALLING)
    assert legend == "loss 4.694e-05"
    assert len(rows) == 6
    assert rows[0].startswith("        1 │")
    assert rows[-1].startswith("4.694e-05 │")
    assert below.split() == ["1", "300"]


def test_a_falling_curve_goes_from_the_upper_left_to_the_lower_right():
    rows = [row.partition("│")[2] for row in drawn(FALLING)[1:-1]]
    starts = [len(row) - len(row.lstrip()) for row in rows]
    assert starts == sorted(starts)
    assert len(rows[-1]) > len(rows[0])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("coloured", [True, False])
def test_no_line_is_wider_than_the_terminal(width, coloured):
    chinese = curve("每个类别的准确率, 第一折", [0.1, 0.5])
    for curves in ([FALLING], [FALLING, RISING], [chinese, RISING], [FALLING] * 7):
        lines = drawn(*curves, width=width, coloured=coloured)
        assert max(map(cell_len, lines)) <= width


def test_several_curves_differ_by_colour_or_else_by_letter():
    legend, *rows, _ = chart([FALLING, RISING], 60, 6, coloured=True)
    assert [str(span.style) for span in legend.spans if str(span.style) in {"green", "magenta"}]
    assert {str(span.style) for row in rows for span in row.spans} >= {"green", "magenta"}
    legend, *rows, _ = drawn(FALLING, RISING, coloured=False)
    assert legend == "a loss 4.694e-05  b valid_loss 0.9667"
    assert set("".join(row.partition("│")[2] for row in rows)) == {"a", "b", " "}


@pytest.mark.parametrize(
    "values",
    [[0.5], [2.0, 2.0, 2.0], [1e308, -1e308], [0.0, 1e-300], [math.nan, 1.0, math.inf, 2.0]],
    ids=["one point", "constant", "huge", "tiny", "not finite"],
)
def test_odd_values_are_drawn_without_complaint(values):
    lines = drawn(curve("odd", values), width=40)
    assert any(ord(char) >= 0x2800 for line in lines for char in line)


def test_nothing_finite_is_not_drawn():
    nothing = curve("odd", [math.nan, math.inf])
    assert drawn(nothing) == []
    assert as_numbers(nothing) == "odd: –"


def test_a_spike_is_not_lost_among_many_points():
    spike = curve("loss", [1.0 if at == 5000 else 0.0 for at in range(10_000)])
    top = drawn(spike)[1]
    assert top.startswith("1 │")
    assert top.partition("│")[2].strip()


def test_numbers_tell_first_last_and_three_between():
    assert as_numbers(curve("loss", [4.0, 3.0, 2.0, 1.0, 0.5])) == (
        "loss: 4 (1) → 3 (2) → 2 (3) → 1 (4) → 0.5 (5)"
    )
    assert as_numbers(FALLING).count("→") == 4
    assert as_numbers(curve("loss", [4.0])) == "loss: 4 (1)"


def test_curves_that_measure_the_same_share_a_chart():
    names = ["train_loss", "accuracy", "valid_loss", "loss, fold 2", "macro-F1, BERT"]
    groups = families([curve(name, [1.0]) for name in names])
    assert [[one.name for one in group] for group in groups] == [
        ["train_loss", "valid_loss", "loss, fold 2"],
        ["accuracy"],
        ["macro-F1, BERT"],
    ]
