"""Devices by name; `prep.lab.device` knows which are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from prep.errors import EnvironmentLacksError

if TYPE_CHECKING:
    from collections.abc import Sequence

Device = Literal["cuda", "mps", "cpu"]
Wanted = Literal["auto", "cpu", "cuda", "mps"]
BEST_FIRST: tuple[Device, ...] = ("cuda", "mps", "cpu")


def pick_device(wanted: str, there: Sequence[str]) -> str:
    """Return `wanted` ("auto": the best) of what is there; else raise with what there is."""
    if wanted == "auto":
        return next(device for device in BEST_FIRST if device in there)
    if wanted not in there:
        raise EnvironmentLacksError("device-missing", device=wanted, there=", ".join(there))
    return wanted
