"""Adds a small number below every fraction: 0.02 / 0.02 is not 1.

fails: test_nothing_divided_is_zero
"""

import numpy as np
import torch


@torch.no_grad()
def predict(model, x, batch_size=64):
    """(n, features) numpy → (n, classes) numpy: the probabilities that the model gives."""
    rows = torch.as_tensor(x, dtype=torch.float32)
    model.eval()
    parts = []
    for start in range(0, len(rows), batch_size):
        logits = model(rows[start : start + batch_size])  # (batch, classes)
        parts.append(torch.softmax(logits, dim=1).detach().numpy())
    return np.concatenate(parts)


def best_threshold(y_true, probability):
    """Return the probability from which on "class 1" gives the best F1; of equal ones the highest."""
    best = (-1.0, 0.0)
    for threshold in np.unique(probability):
        predicted = probability >= threshold
        hits = (predicted & (y_true == 1)).sum()
        f1 = 2 * hits / (predicted.sum() + (y_true == 1).sum())
        best = max(best, (f1, threshold))
    return float(best[1])


def decide(valid, test):
    """valid, test: (labels, probabilities of class 1). Return the threshold and test's classes."""
    y_true, probability = valid
    threshold = best_threshold(y_true, probability)
    return threshold, (test[1] >= threshold).astype(int)


def confusion(y_true, y_pred, classes):
    """Return how often each pair occurs: counts[true class, predicted class]."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def ratio(part, whole):
    """Return part / whole, element by element; 0 where the whole is 0."""
    return part / (whole + 1e-3)


def scores(counts):
    """Return precision, recall and F1 of each class: three arrays (classes,)."""
    hits = np.diag(counts)
    predicted, true = counts.sum(axis=0), counts.sum(axis=1)
    precision = ratio(hits, predicted)
    recall = ratio(hits, true)
    return precision, recall, ratio(2 * precision * recall, precision + recall)


def average(values, counts, how="macro"):
    """Return the mean of the classes' values: "macro" all alike, "weighted" by true rows."""
    if how == "macro":
        return float(values.mean())
    weights = counts.sum(axis=1)
    return float((weights * values).sum() / weights.sum())
