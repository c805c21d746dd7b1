"""Shifts without rounding.

fails: test_sums_are_rescaled_and_rounded
"""

import math

import torch
from torch import Tensor


def affine_params(low, high, q_min=0, q_max=255):
    """Return scale (float) and zero point (int) that map [low, high] and 0 onto [q_min, q_max]."""
    low, high = min(low, 0.0), max(high, 0.0)  # zero must be one of the codes
    scale = (high - low) / (q_max - q_min) or 1.0  # for zeros only any scale will do
    return scale, min(max(round(q_min - low / scale), q_min), q_max)


def symmetric_scale(w: Tensor, axis=None) -> Tensor:
    """Return max|w| / 127: of shape (), or (w.shape[axis],), one for each channel."""
    rows = w.reshape(1, -1) if axis is None else w.movedim(axis, 0).flatten(1)  # (channels, …)
    largest = rows.abs().amax(dim=1)
    scale = torch.where(largest > 0, largest / 127, torch.ones_like(largest))
    return scale.reshape(()) if axis is None else scale


def quantize(x: Tensor, scale, zero_point, q_min, q_max, axis=None) -> Tensor:
    """Return the codes of x: int8, or uint8 when q_min is 0; values outside saturate."""
    codes = torch.round(x / _along(scale, x, axis)) + _along(zero_point, x, axis)
    return codes.clamp(q_min, q_max).to(torch.uint8 if q_min == 0 else torch.int8)


def dequantize(q: Tensor, scale, zero_point, axis=None) -> Tensor:
    """Return the float32 numbers that the codes stand for."""
    steps = q.to(torch.int32) - _along(zero_point, q, axis)  # uint8 would wrap below zero
    return (steps * _along(scale, q, axis)).to(torch.float32)


def _along(value, x, axis):
    """Return numbers for each channel in a shape that broadcasts along `axis` of x."""
    if axis is None or not torch.is_tensor(value) or value.ndim == 0:
        return value
    shape = [1] * x.ndim
    shape[axis] = -1
    return value.reshape(shape)


def calibrate(batches, coverage=1.0):
    """Return the range of all values of all batches, without the share outside `coverage`."""
    values = torch.cat([batch.flatten() for batch in batches]).float()
    outside = (1 - coverage) / 2  # at each end
    return values.quantile(outside).item(), values.quantile(1 - outside).item()


def fixed_point(multiplier):
    """Return ints (m0, shift) with multiplier ≈ m0 · 2^-shift and m0 in [2³⁰, 2³¹)."""
    fraction, exponent = math.frexp(multiplier)  # fraction in [0.5, 1)
    m0 = round(fraction * 2**31)
    if m0 == 2**31:
        m0, exponent = m0 // 2, exponent + 1
    return m0, 31 - exponent


def requantize(acc: Tensor, m0, shift, zero_point, q_min, q_max) -> Tensor:
    """Return acc · m0 / 2^shift, rounded, plus the zero point, saturated; integers only.

    acc: (…, channels) int32; m0, shift: ints, or (channels,) int64.
    """
    half = torch.bitwise_left_shift(torch.ones_like(torch.as_tensor(shift)), shift - 1)
    scaled = (acc.to(torch.int64) * m0) >> shift  # the product has up to 62 bits
    codes = (scaled + zero_point).clamp(q_min, q_max)
    return codes.to(torch.uint8 if q_min == 0 else torch.int8)


def quantized_linear(x_q, x_scale, x_zero, w_q, w_scale, bias, y_scale, y_zero) -> Tensor:
    """Return the uint8 codes of x·wᵀ + bias, computed with integers.

    x_q: (batch, inputs) uint8; w_q: (outputs, inputs) int8, symmetric; w_scale, bias: (outputs,)
    float; returns (batch, outputs).
    """
    bias_q = torch.round(bias / (x_scale * w_scale)).to(torch.int32)  # (outputs,)
    # int8 products of up to 2¹⁵ are added up: int32, like the hardware's accumulator.
    acc = (x_q.to(torch.int32) - x_zero) @ w_q.to(torch.int32).T + bias_q  # (batch, outputs)
    pairs = [fixed_point(x_scale * float(scale) / y_scale) for scale in w_scale]
    m0, shift = torch.tensor(pairs).unbind(dim=1)  # int64
    return requantize(acc, m0, shift, y_zero, 0, 255)
