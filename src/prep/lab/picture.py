"""The curves of a run as a PNG: one chart for each thing that is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prep.model.run import families

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prep.model.run import Curve

_COLUMNS, _WIDE, _HIGH = 2, 5.5, 3.6
_FEW = 40  # points that are marked one by one


def draw(curves: Sequence[Curve], file: Path) -> str:
    """Write `file` and return its path."""
    # Not pyplot: it is slow to load, and its figures are the solution's own.
    from matplotlib.figure import Figure  # noqa: PLC0415 - loaded at the end of a run only

    panels = families(curves)
    wide = min(_COLUMNS, len(panels))
    high = -(-len(panels) // wide)
    figure = Figure(figsize=(_WIDE * wide, _HIGH * high), layout="constrained")
    axes = figure.subplots(high, wide, squeeze=False)
    cells = list(axes.flat)
    for cell, members in zip(cells, panels, strict=False):
        _panel(cell, members)
    for cell in cells[len(panels) :]:
        cell.axis("off")
    figure.savefig(file, dpi=120)
    return str(file)


def _panel(axes: Any, curves: Sequence[Curve]) -> None:  # noqa: ANN401 - matplotlib has few types
    for curve in curves:
        marker = "." if len(curve.steps) <= _FEW else None
        axes.plot(curve.steps, curve.values, label=curve.name, marker=marker, linewidth=1.2)
    axes.set_title(curves[0].name if len(curves) == 1 else curves[0].family)
    axes.set_xlabel("step")
    axes.grid(alpha=0.3)
    if len(curves) > 1:
        axes.legend(fontsize="small")
