"""Confusion matrix, ranks and cumulative sums."""

import math
from collections import Counter

import numpy as np


def precision_recall_fbeta(y_true, y_pred, beta=1.0, average="binary"):
    labels, codes = np.unique(np.concatenate([y_true, y_pred, [1]]), return_inverse=True)
    size, n = len(labels), len(y_true)
    matrix = np.zeros((size, size))
    np.add.at(matrix, (codes[:n], codes[n : 2 * n]), 1)
    tp, support, predicted = np.diag(matrix), matrix.sum(1), matrix.sum(0)
    keep = labels == 1 if average == "binary" else (support + predicted) > 0
    tp, support, predicted = tp[keep], support[keep], predicted[keep]
    if average == "micro":
        tp, support, predicted = (x.sum(keepdims=True) for x in (tp, support, predicted))
    weights = support if average == "weighted" else np.ones_like(support)
    per_label = (
        safe(tp, predicted),
        safe(tp, support),
        safe((1 + beta**2) * tp, beta**2 * support + predicted),
    )
    return np.array([np.average(x, weights=weights) for x in per_label])


def safe(a, b):
    return np.divide(a, b, out=np.zeros_like(a, dtype=float), where=b > 0)


def roc_auc(y_true, scores):
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    p = int(np.sum(y_true))
    q = len(y_true) - p
    if p * q == 0:
        return np.nan
    return (ranks[np.asarray(y_true, bool)].sum() - p * (p + 1) / 2) / (p * q)


def average_precision(y_true, scores):
    if np.sum(y_true) == 0:
        return np.float64(0)
    order = np.argsort(-scores, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
    tp = np.cumsum(y_true[order])[ends]
    precision, recall = tp / (ends + 1), tp / tp[-1]
    return np.dot(np.diff(np.r_[0, recall]), precision)


def mse(y_true, y_pred):
    return np.square(difference(y_true, y_pred)).mean()


def mae(y_true, y_pred):
    return np.abs(difference(y_true, y_pred)).mean()


def difference(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(np.shape(y_true))
    return np.subtract(y_true, y_pred, dtype=np.float64)


def expected_calibration_error(probabilities, labels, n_bins=10):
    confidence = probabilities.max(-1)
    hit = probabilities.argmax(-1) == labels
    edges = np.linspace(0, 1, n_bins + 1)[1:-1]
    gap = np.bincount(np.digitize(confidence, edges), weights=hit - confidence, minlength=n_bins)
    return np.abs(gap).sum() / len(labels)


def corpus_bleu(hypotheses, references, max_n=4):
    stats = sum(statistics(h, r, max_n) for h, r in zip(hypotheses, references))
    c, r, matched, total = stats[0], stats[1], stats[2 : 2 + max_n], stats[2 + max_n :]
    if (matched == 0).any():
        return 0.0
    brevity = 1.0 if c >= r else np.exp(1 - r / c)
    return brevity * np.prod(matched / total) ** (1 / max_n)


def statistics(hypothesis, choices, max_n):
    lengths = sorted(len(reference) for reference in choices)
    closest = lengths[int(np.argmin([abs(n - len(hypothesis)) for n in lengths]))]
    matched, total = [], []
    for n in range(1, max_n + 1):
        found = Counter(grams(hypothesis, n))
        most = Counter()
        for reference in choices:
            for gram, count in Counter(grams(reference, n)).items():
                most[gram] = max(most[gram], count)
        matched.append(sum(min(count, most[gram]) for gram, count in found.items()))
        total.append(max(0, len(hypothesis) - n + 1))
    return np.array([len(hypothesis), closest, *matched, *total])


def grams(tokens, n):
    return (" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def pass_at_k(n, c, k):
    if n - c < k:
        return 1.0
    logs = [math.lgamma(x + 1) for x in (n - c, n - k, n - c - k, n)]
    return 1.0 - math.exp(logs[0] + logs[1] - logs[2] - logs[3])
