"""Fills the answers in by index; loads by device object; percentiles by counting."""

import torch


def load_model(build, file):
    saved = torch.load(file, map_location=torch.device("cpu"), weights_only=True)
    model = build(**saved["config"])
    model.load_state_dict(saved["model"], strict=True)
    model.train(False)
    return model


def batches(lengths, max_tokens):
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], i))
    result, group = [], []
    for i in order:
        longest = max([lengths[i], *(lengths[j] for j in group)])
        if group and (len(group) + 1) * longest > max_tokens:
            result.append(group)
            group = []
        group.append(i)
    if group:
        result.append(group)
    return result


def predict(model, rows, max_tokens):
    answers = {}
    with torch.no_grad():
        for group in batches([len(row) for row in rows], max_tokens):
            longest = max(len(rows[i]) for i in group)
            tokens = [list(rows[i]) + [0] * (longest - len(rows[i])) for i in group]
            lengths = [len(rows[i]) for i in group]
            logits = model(torch.tensor(tokens), torch.tensor(lengths))
            answers.update(zip(group, logits, strict=True))
    return torch.stack([answers[i] for i in range(len(rows))])


def percentile(values, q):
    for value in sorted(values):
        below = sum(each <= value for each in values)
        if below * 100 >= q * len(values):
            return value
    return max(values)


def is_healthy(model, rows, max_tokens):
    try:
        logits = predict(model, rows, max_tokens)
    except Exception:
        return False
    return not (torch.isnan(logits).any() or torch.isinf(logits).any())
