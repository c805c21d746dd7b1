"""numpy's inverted_cdf, pad_sequence, an index that is written through, a file that is opened here."""

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence


def load_model(build, file):
    with open(file, "rb") as opened:
        saved = torch.load(opened, map_location=lambda storage, place: storage, weights_only=True)
    model = build(**saved["config"]).cpu()
    model.load_state_dict(saved["model"])
    model.eval()
    return model


def batches(lengths, max_tokens):
    found = []
    for i in np.argsort(np.array(lengths, dtype=int), kind="stable").tolist():
        if not found or (len(found[-1]) + 1) * lengths[i] > max_tokens:
            found.append([])
        found[-1].append(i)
    return found


def predict(model, rows, max_tokens):
    with torch.inference_mode():
        answers = None
        for group in batches(list(map(len, rows)), max_tokens):
            tokens = pad_sequence([torch.tensor(rows[i]) for i in group], batch_first=True)
            logits = model(tokens, torch.tensor([len(rows[i]) for i in group]))
            if answers is None:
                answers = logits.new_zeros(len(rows), logits.shape[1])
            answers[group] = logits
        return answers


def percentile(values, q):
    return float(np.percentile(values, q, method="inverted_cdf"))


def is_healthy(model, rows, max_tokens):
    try:
        return np.isfinite(predict(model, rows, max_tokens).numpy()).all().item()
    except Exception:
        return False
