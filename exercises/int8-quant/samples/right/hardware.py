"""As a kernel would do it: the zero point folded into the bias, torch._int_mm, floor division."""

import torch


def affine_params(low, high, q_min=0, q_max=255):
    ends = torch.tensor([low, high, 0.0], dtype=torch.float64)
    span = (ends.max() - ends.min()).item()
    if span == 0:
        return 1.0, 0
    scale = span / (q_max - q_min)
    zero = torch.tensor(q_min - ends.min().item() / scale).round().clamp(q_min, q_max)
    return scale, int(zero)


def symmetric_scale(w, axis=None):
    dims = [d for d in range(w.ndim) if axis is None or d != axis]
    scale = torch.amax(torch.abs(w), dim=dims) / 127
    return scale.masked_fill(scale == 0, 1.0)


def quantize(x, scale, zero_point, q_min, q_max, axis=None):
    x = torch.as_tensor(x)
    if axis is not None:
        x = x.transpose(axis, -1)
    codes = torch.clamp(torch.round(x * (1 / torch.as_tensor(scale)) + zero_point), q_min, q_max)
    if axis is not None:
        codes = codes.transpose(axis, -1)
    return codes.type(torch.uint8 if q_min >= 0 else torch.int8)


def dequantize(q, scale, zero_point, axis=None):
    values = q.float()
    if axis is not None:
        values = values.transpose(axis, -1)
    values = (values - zero_point) * scale
    return (values if axis is None else values.transpose(axis, -1)).float()


def calibrate(batches, coverage=1.0):
    everything = torch.hstack([batch.reshape(-1) for batch in batches]).double()
    share = torch.tensor([(1 - coverage) / 2, (1 + coverage) / 2], dtype=torch.float64)
    return tuple(torch.quantile(everything, share).tolist())


def fixed_point(multiplier):
    mantissa, exponent = torch.frexp(torch.tensor(multiplier, dtype=torch.float64))
    m0 = int(torch.floor(mantissa * 2**31))
    return m0, 31 - int(exponent)


def requantize(acc, m0, shift, zero_point, q_min, q_max):
    divisor = torch.pow(2, torch.as_tensor(shift, dtype=torch.int64))
    product = acc.long() * torch.as_tensor(m0)
    codes = torch.div(product + divisor // 2, divisor, rounding_mode="floor") + zero_point
    return codes.clamp(q_min, q_max).to(torch.int8 if q_min < 0 else torch.uint8)


def quantized_linear(x_q, x_scale, x_zero, w_q, w_scale, bias, y_scale, y_zero):
    # x - zero = (x - 128) + (128 - zero): signed codes for the kernel, the rest in the bias.
    signed = (x_q.short() - 128).to(torch.int8)
    steps = torch.round(bias / (x_scale * w_scale)).int()
    steps += (128 - x_zero) * w_q.int().sum(1, dtype=torch.int32)
    acc = signed.int().matmul(w_q.int().t()) + steps
    pairs = [fixed_point(x_scale * s / y_scale) for s in w_scale.double().tolist()]
    m0, shift = (torch.tensor(column) for column in zip(*pairs))
    return requantize(acc, m0, shift, y_zero, 0, 255)
