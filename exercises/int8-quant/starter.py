"""Integer quantization by hand. The task: task.en.md, task.zh.md."""

from collections.abc import Iterable

from torch import Tensor


def affine_params(low: float, high: float, q_min: int = 0, q_max: int = 255) -> tuple[float, int]:
    """Return scale and zero point that map [low, high], and zero, onto the codes q_min…q_max."""
    # TODO: zero must be one of the codes
    raise NotImplementedError


def symmetric_scale(w: Tensor, axis: int | None = None) -> Tensor:
    """Return max|w| / 127: of shape (), or (w.shape[axis],), one for each channel."""
    # TODO
    raise NotImplementedError


def quantize(
    x: Tensor,
    scale: float | Tensor,
    zero_point: int | Tensor,
    q_min: int,
    q_max: int,
    axis: int | None = None,
) -> Tensor:
    """Return the codes of x, in x's shape: int8, or uint8 when q_min is 0."""
    # TODO
    raise NotImplementedError


def dequantize(
    q: Tensor, scale: float | Tensor, zero_point: int | Tensor, axis: int | None = None
) -> Tensor:
    """Return the numbers that the codes stand for: float32, in q's shape."""
    # TODO
    raise NotImplementedError


def calibrate(batches: Iterable[Tensor], coverage: float = 1.0) -> tuple[float, float]:
    """Return the range [low, high] that holds the share `coverage` of all values."""
    # TODO
    raise NotImplementedError


def fixed_point(multiplier: float) -> tuple[int, int]:
    """Return (m0, shift) with multiplier ≈ m0 · 2^-shift and 2³⁰ ≤ m0 < 2³¹."""
    # TODO
    raise NotImplementedError


def requantize(
    acc: Tensor, m0: int | Tensor, shift: int | Tensor, zero_point: int, q_min: int, q_max: int
) -> Tensor:
    """Return acc · m0 / 2^shift, rounded, plus the zero point, saturated.

    acc: (…, channels) int32; m0, shift: ints, or (channels,) int64.
    """
    # TODO: integers only
    raise NotImplementedError


def quantized_linear(
    x_q: Tensor,
    x_scale: float,
    x_zero: int,
    w_q: Tensor,
    w_scale: Tensor,
    bias: Tensor,
    y_scale: float,
    y_zero: int,
) -> Tensor:
    """Return the uint8 codes of x·wᵀ + bias: (batch, outputs).

    x_q: (batch, inputs) uint8; w_q: (outputs, inputs) int8; w_scale, bias: (outputs,) float.
    """
    # TODO: sums of integers in int32, then requantize
    raise NotImplementedError
