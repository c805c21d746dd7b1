"""The libraries' own answers, measured beside a solution. The solution is not asked here."""

import numpy as np
from sklearn import metrics


def sklearn_scores(solution, y_true, y_pred, beta, average):
    """precision_recall_fscore_support with 0 for 0/0; a label 1 that never occurs has no scores."""
    labels = [1] if average == "binary" else None
    how = "macro" if average == "binary" else average
    found = metrics.precision_recall_fscore_support(
        y_true, y_pred, beta=beta, average=how, labels=labels, zero_division=0
    )
    return [float(score) for score in found[:3]]


def sklearn_auc(solution, y_true, scores):
    """roc_auc_score."""
    return float(metrics.roc_auc_score(y_true, scores))


def sklearn_average_precision(solution, y_true, scores):
    """average_precision_score."""
    return float(metrics.average_precision_score(y_true, scores))


def sklearn_errors(solution, y_true, y_pred):
    """mean_squared_error and mean_absolute_error of the values as float64."""
    values = np.asarray(y_true, float), np.asarray(y_pred, float)
    return [
        float(metrics.mean_squared_error(*values)),
        float(metrics.mean_absolute_error(*values)),
    ]
