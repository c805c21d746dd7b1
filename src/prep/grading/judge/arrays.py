"""Arrays as checks see them: numpy's, that remember where they came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from prep.wire.values import ITEM_SIZES, Foreign, Kind, RawArray


class Array(np.ndarray[Any, Any]):
    """A numpy array from a worker, or for one: `tensor()` makes those for torch.

    `dtype_name` is the dtype over there (bfloat16 is float32 here), `place` the device: numpy keeps
    `device` for itself.
    """

    kind: Kind = "numpy"
    dtype_name: str = ""
    place: str = "cpu"
    requires_grad: bool = False

    def __array_finalize__(self, source: Any) -> None:  # noqa: ANN401
        """Keep what views and results of arithmetic share with their source."""
        self.kind = getattr(source, "kind", "numpy")
        name = getattr(source, "dtype_name", "")
        self.dtype_name = name if name == "bfloat16" else str(self.dtype)


def from_array(raw: RawArray) -> Any:  # noqa: ANN401
    """Return what a worker sent as an array of one's own."""
    if raw.dtype == "bfloat16":
        wide = np.frombuffer(raw.data, np.uint16).astype(np.uint32) << 16
        plain = wide.view(np.float32)
    elif raw.dtype == "bool":
        plain = np.frombuffer(raw.data, np.uint8) != 0  # any byte may arrive, only two mean a bool
    else:
        plain = np.frombuffer(raw.data, raw.dtype).copy()
    try:
        array = plain.reshape(raw.shape).view(Array)
    except ValueError:
        return Foreign(f"array of shape {raw.shape}"[:200])
    array.kind, array.dtype_name = raw.kind, raw.dtype
    array.place, array.requires_grad = raw.device, raw.requires_grad
    return array


def to_array(value: Any) -> RawArray | Foreign | None:  # noqa: ANN401
    """Return a numpy array or scalar as bytes."""
    if isinstance(value, np.generic):
        return RawArray("scalar", str(value.dtype), (), value.tobytes())
    if not isinstance(value, np.ndarray) or str(value.dtype) not in ITEM_SIZES:
        return None
    kind: Kind = getattr(value, "kind", "numpy")
    name = getattr(value, "dtype_name", "") or str(value.dtype)
    grad = bool(getattr(value, "requires_grad", False))
    data = _narrowed(value) if name == "bfloat16" else value.tobytes()
    return RawArray(kind, name, value.shape, data, "cpu", grad)


def _narrowed(value: np.ndarray[Any, Any]) -> bytes:
    """Round to nearest, ties to even, as torch does."""
    bits = np.ascontiguousarray(value, np.float32).view(np.uint32)
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)
    return (rounded >> 16).astype(np.uint16).tobytes()
