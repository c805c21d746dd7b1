"""Metrics from scratch. The task: task.en.md, task.zh.md."""

from collections.abc import Sequence

import numpy as np


def precision_recall_fbeta(
    y_true: np.ndarray, y_pred: np.ndarray, beta: float = 1.0, average: str = "binary"
) -> tuple[float, float, float]:
    """Return precision, recall and Fβ; 0/0 counts as 0.

    y_true, y_pred: (n,) of ints; average: "binary" (of class 1), "macro", "micro" or "weighted".
    """
    # TODO: true positives, false positives and false negatives first, the ratios last
    raise NotImplementedError


def roc_auc(y_true: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve; nan when there is one class only.

    y_true: (n,) of 0 and 1; scores: (n,) of floats, with ties.
    """
    # TODO
    raise NotImplementedError


def average_precision(y_true: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the precision-recall curve as a sum of steps; 0 without positives."""
    # TODO: one step for each distinct score
    raise NotImplementedError


def mse(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Return the mean squared error; ValueError when the shapes differ."""
    # TODO
    raise NotImplementedError


def mae(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Return the mean absolute error; ValueError when the shapes differ."""
    # TODO
    raise NotImplementedError


def expected_calibration_error(
    probabilities: np.ndarray, labels: np.ndarray, n_bins: int = 10
) -> float:
    """Return the expected calibration error of the most probable class.

    probabilities: (n, classes), rows sum to 1; labels: (n,) of ints.
    """
    # TODO
    raise NotImplementedError


def corpus_bleu(
    hypotheses: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    max_n: int = 4,
) -> float:
    """Return BLEU in 0…1, without smoothing; references[i] are those of hypotheses[i]."""
    # TODO
    raise NotImplementedError


def pass_at_k(n: int, c: int, k: int) -> float:
    """Return the unbiased estimate of pass@k from n samples of which c are right."""
    # TODO
    raise NotImplementedError
