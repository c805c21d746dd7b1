"""Facts about a solution, measured beside it, and torch's own answers."""

import torch


def round_trip(solution, x, low, high, q_min, q_max):
    """Codes and restored numbers of x, with the solution's own parameters."""
    scale, zero = solution.affine_params(low, high, q_min, q_max)
    q = solution.quantize(x, scale, zero, q_min, q_max)
    nothing = solution.quantize(torch.zeros(3), scale, zero, q_min, q_max)
    return {
        "scale": scale,
        "codes": q,
        "back": solution.dequantize(q, scale, zero),
        "zero": solution.dequantize(nothing, scale, zero),
    }


def torchs_codes(solution, x, scale, zero, q_min, q_max):
    """Codes that torch's fake quantization stands for."""
    faked = torch.fake_quantize_per_tensor_affine(x.double(), scale, zero, q_min, q_max)
    return torch.round(faked / scale) + zero


def weights_round_trip(solution, w, axis):
    """Scale, codes and restored numbers of symmetric int8 weights."""
    scale = solution.symmetric_scale(w, axis)
    zero = 0 if axis is None else torch.zeros(w.shape[axis], dtype=torch.int64)
    q = solution.quantize(w, scale, zero, -128, 127, axis)
    return {"scale": scale, "codes": q, "back": solution.dequantize(q, scale, zero, axis)}


def calibrated(solution, batches, coverage):
    """The range of batches that arrive one after the other, as a list and as a generator."""
    if coverage is None:
        found = solution.calibrate(list(batches)), solution.calibrate(b for b in batches)
    else:
        found = [solution.calibrate(list(batches), coverage)] * 2
    return [list(pair) for pair in found]


def scaled(solution, acc, multipliers, zero, q_min, q_max):
    """What fixed_point and requantize make of int32 sums, one multiplier for each column."""
    pairs = [solution.fixed_point(float(m)) for m in multipliers]
    m0, shift = (torch.tensor(list(column), dtype=torch.int64) for column in zip(*pairs))
    return {
        "pairs": [[int(m), int(s)] for m, s in pairs],
        "codes": solution.requantize(acc, m0, shift, zero, q_min, q_max),
        "first": solution.requantize(acc[:, 0], int(m0[0]), int(shift[0]), zero, q_min, q_max),
    }
