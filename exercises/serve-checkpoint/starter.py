"""Serves a checkpoint, with eight bugs. See task.en.md or task.zh.md."""

import math

import torch


def load_model(build, file):
    """Return `build(**config)` with the weights of a checkpoint, on the CPU, ready to serve."""
    checkpoint = torch.load(
        file,
        mmap=True,
        weights_only=False,
    )
    model = build(**checkpoint["config"])
    model.load_state_dict(checkpoint["model"])
    return model


def batches(lengths, max_tokens):
    """Return lists of indices, short rows first: padded, a batch has at most `max_tokens` tokens."""
    found = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        rows = [*found[-1], i] if found else [i]
        size = sum(lengths[j] for j in rows)
        if found and size <= max_tokens:
            found[-1] = rows
        else:
            found.append([i])
    return found


def padded(rows):
    """Return tokens, (batch, longest) with 0 behind each row, and lengths, (batch,)."""
    lengths = torch.tensor([len(row) for row in rows])
    tokens = torch.zeros(len(rows), int(lengths.max()), dtype=torch.int64)
    for i, row in enumerate(rows):
        tokens[i, : len(row)] = torch.tensor(row)
    return tokens, lengths


def predict(model, rows, max_tokens):
    """Return logits, (rows, classes): those of rows[i] in row i."""
    groups = batches([len(row) for row in rows], max_tokens)
    parts = [model(*padded([rows[i] for i in group])) for group in groups]
    order = torch.tensor([i for group in groups for i in group])
    return torch.cat(parts)[order]


def percentile(values, q):
    """Return the smallest value that at least q % of the values do not exceed; 0 < q ≤ 100."""
    ordered = sorted(values)
    rank = math.floor(q * len(ordered) / 100)
    return ordered[rank - 1]


def is_healthy(model, rows, max_tokens):
    """Return whether the model answers these rows now, and with finite numbers; never raises."""
    try:
        logits = predict(model, rows, max_tokens)
    except Exception:
        return False
    return logits is not None
