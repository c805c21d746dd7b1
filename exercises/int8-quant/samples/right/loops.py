"""Channel by channel, Python integers, float64 inside."""

import math

import torch


def affine_params(low, high, q_min=0, q_max=255):
    low, high = float(min(0, low)), float(max(0, high))
    scale = (high - low) / (q_max - q_min) or 1.0
    zero = math.floor(q_min - low / scale + 0.5)
    return scale, max(q_min, min(q_max, zero))


def symmetric_scale(w, axis=None):
    if axis is None:
        return (w.abs().max() / 127).clone() if w.any() else torch.tensor(1.0)
    return torch.stack([symmetric_scale(part) for part in w.unbind(axis)])


def quantize(x, scale, zero_point, q_min, q_max, axis=None):
    if axis is not None:
        parts = [
            quantize(part, scale[i], zero_point[i], q_min, q_max)
            for i, part in enumerate(x.unbind(axis))
        ]
        return torch.stack(parts, axis)
    codes = (x.double() / float(scale)).round() + int(zero_point)
    codes = torch.minimum(torch.maximum(codes, torch.tensor(q_min)), torch.tensor(q_max))
    return codes.to(torch.int8 if q_min < 0 else torch.uint8)


def dequantize(q, scale, zero_point, axis=None):
    if axis is not None:
        parts = [dequantize(part, scale[i], zero_point[i]) for i, part in enumerate(q.unbind(axis))]
        return torch.stack(parts, axis)
    return (float(scale) * (q.double() - int(zero_point))).float()


def calibrate(batches, coverage=1.0):
    values = sorted(v for batch in batches for v in batch.flatten().tolist())

    def quantile(share):
        place = share * (len(values) - 1)
        left = math.floor(place)
        right = min(left + 1, len(values) - 1)
        return values[left] + (place - left) * (values[right] - values[left])

    return quantile((1 - coverage) / 2), quantile((1 + coverage) / 2)


def fixed_point(multiplier):
    shift = 0
    while multiplier < 2**30:
        multiplier, shift = multiplier * 2, shift + 1
    m0 = int(multiplier)
    return m0, shift


def requantize(acc, m0, shift, zero_point, q_min, q_max):
    channels = acc.shape[-1] if acc.ndim else 1
    m0 = torch.as_tensor(m0).expand(channels).tolist()
    shift = torch.as_tensor(shift).expand(channels).tolist()
    rows = [
        [scaled(value, m0[i], shift[i], zero_point, q_min, q_max) for i, value in enumerate(row)]
        for row in acc.reshape(-1, channels).tolist()
    ]
    return torch.tensor(rows, dtype=torch.int8 if q_min < 0 else torch.uint8).reshape(acc.shape)


def scaled(value, m0, shift, zero_point, q_min, q_max):
    product = value * m0
    sign = -1 if product < 0 else 1
    code = sign * ((abs(product) + (1 << (shift - 1))) >> shift) + zero_point
    return max(q_min, min(q_max, code))


def quantized_linear(x_q, x_scale, x_zero, w_q, w_scale, bias, y_scale, y_zero):
    x = x_q.to(torch.int32)
    columns = []
    for row, scale, b in zip(w_q, w_scale.tolist(), bias.tolist()):
        acc = (x * row.to(torch.int32)).sum(1, dtype=torch.int32)
        acc = acc - x_zero * int(row.sum()) + round(b / (x_scale * scale))
        m0, shift = fixed_point(x_scale * scale / y_scale)
        columns.append(requantize(acc[:, None].to(torch.int32), m0, shift, y_zero, 0, 255))
    return torch.cat(columns, 1)
