"""Serves a checkpoint: loading, batches of bounded size, predictions in order, p99, health."""

import math

import torch


def load_model(build, file):
    """Return `build(**config)` with the weights of a checkpoint, on the CPU, ready to serve."""
    checkpoint = torch.load(
        file,
        map_location="cpu",  # the file remembers the device that it was saved on
        mmap=True,
        weights_only=True,  # a pickle may run any code
    )
    model = build(**checkpoint["config"])
    model.load_state_dict(checkpoint["model"])
    return model.eval()  # no dropout, running statistics


def batches(lengths, max_tokens):
    """Return lists of indices, short rows first: padded, a batch has at most `max_tokens` tokens."""
    found = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        rows = [*found[-1], i] if found else [i]
        size = len(rows) * lengths[i]  # each is padded to the longest, which is the last
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


@torch.inference_mode()  # else every answer keeps its graph
def predict(model, rows, max_tokens):
    """Return logits, (rows, classes): those of rows[i] in row i."""
    groups = batches([len(row) for row in rows], max_tokens)
    parts = [model(*padded([rows[i] for i in group])) for group in groups]
    order = torch.tensor([i for group in groups for i in group])
    return torch.cat(parts)[order.argsort()]  # back to where each one came from


def percentile(values, q):
    """Return the smallest value that at least q % of the values do not exceed; 0 < q ≤ 100."""
    ordered = sorted(values)
    rank = math.ceil(q * len(ordered) / 100)  # counted from 1
    return ordered[rank - 1]


def is_healthy(model, rows, max_tokens):
    """Return whether the model answers these rows now, and with finite numbers; never raises."""
    try:
        logits = predict(model, rows, max_tokens)
    except Exception:
        return False
    return bool(logits.isfinite().all())  # the answer, not that there was one
