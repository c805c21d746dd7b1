"""Forgets labels that occur in the predictions only.

fails: test_nothing_over_nothing_is_zero
"""

import math
from collections import Counter

import numpy as np


def precision_recall_fbeta(y_true, y_pred, beta=1.0, average="binary"):
    """Return precision, recall and Fβ as floats; 0/0 counts as 0."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    labels = [1] if average == "binary" else np.unique(y_true)
    counts = np.array([_counts(y_true == label, y_pred == label) for label in labels])
    if average == "micro":
        counts = counts.sum(axis=0, keepdims=True)
    rows = np.array([_scores(tp, fp, fn, beta) for tp, fp, fn in counts])  # (labels, 3)
    support = counts[:, 0] + counts[:, 2]  # how often each label is true
    weights = support if average == "weighted" else np.ones(len(rows))
    return tuple(float(score) for score in weights @ rows / weights.sum())


def _counts(true, predicted):
    return (true & predicted).sum(), (~true & predicted).sum(), (true & ~predicted).sum()


def _scores(tp, fp, fn, beta):
    share = beta**2
    return (
        _ratio(tp, tp + fp),
        _ratio(tp, tp + fn),
        _ratio((1 + share) * tp, (1 + share) * tp + share * fn + fp),
    )


def _ratio(part, whole):
    return part / whole if whole else 0.0


def roc_auc(y_true, scores):
    """Return P(score of a positive > score of a negative), ties counted as one half."""
    y_true, scores = np.asarray(y_true), np.asarray(scores, float)
    positive, negative = scores[y_true == 1], scores[y_true == 0]
    if not len(positive) or not len(negative):
        return math.nan
    values = np.sort(negative)
    below = np.searchsorted(values, positive, "left")  # negatives strictly below each positive
    not_above = np.searchsorted(values, positive, "right")
    return float((below + not_above).sum() / 2 / len(positive) / len(negative))


def average_precision(y_true, scores):
    """Return Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores, highest first; 0 without positives."""
    y_true, scores = np.asarray(y_true), np.asarray(scores, float)
    if not (y_true == 1).any():
        return 0.0
    thresholds = np.unique(scores)[::-1]
    taken = scores >= thresholds[:, None]  # (thresholds, n)
    tp = (taken & (y_true == 1)).sum(axis=1)
    precision, recall = tp / taken.sum(axis=1), tp / (y_true == 1).sum()
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def mse(y_true, y_pred):
    """Return the mean squared error; ValueError when the shapes differ."""
    return float(np.mean(_errors(y_true, y_pred) ** 2))


def mae(y_true, y_pred):
    """Return the mean absolute error; ValueError when the shapes differ."""
    return float(np.mean(np.abs(_errors(y_true, y_pred))))


def _errors(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)  # uint8 would wrap
    if y_true.shape != y_pred.shape:  # (n,) and (n, 1) would broadcast to (n, n)
        raise ValueError(f"shapes differ: {y_true.shape} and {y_pred.shape}")
    return y_pred - y_true


def expected_calibration_error(probabilities, labels, n_bins=10):
    """Return Σ share of bin · |accuracy − mean confidence| over equal-width bins."""
    probabilities, labels = np.asarray(probabilities, float), np.asarray(labels)
    confidence = probabilities.max(axis=1)  # (n,)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    error = 0.0
    for number in range(n_bins):
        inside = place == number
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


def corpus_bleu(hypotheses, references, max_n=4):
    """Return BLEU in 0…1: clipped n-gram precisions of the whole corpus, brevity penalty."""
    matched, total = np.zeros(max_n), np.zeros(max_n)
    length = wanted = 0
    for hypothesis, choices in zip(hypotheses, references):
        length += len(hypothesis)
        wanted += min((abs(len(r) - len(hypothesis)), len(r)) for r in choices)[1]
        for n in range(1, max_n + 1):
            found = _ngrams(hypothesis, n)
            allowed = Counter()
            for reference in choices:
                allowed |= _ngrams(reference, n)  # the most that any one reference has
            matched[n - 1] += (found & allowed).total()
            total[n - 1] += found.total()
    if not matched.all():
        return 0.0
    penalty = min(1.0, math.exp(1 - wanted / length))
    return penalty * math.exp(np.mean(np.log(matched / total)))


def _ngrams(tokens, n):
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def pass_at_k(n, c, k):
    """Return the chance that k of n samples, c of them right, hold a right one."""
    return 1 - math.comb(n - c, k) / math.comb(n, k)  # exact integers, so nothing overflows
