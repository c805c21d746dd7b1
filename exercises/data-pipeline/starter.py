"""Texts and tables made ready for training. The task: task.en.md, task.zh.md."""

from collections.abc import Sequence
from typing import Any

import numpy as np

PRIME = 2**31 - 1


def clean(text: str) -> str:
    """Return the text without invisible characters and needless white space, in NFC."""
    # TODO: mind the order of the steps
    raise NotImplementedError


def fold(text: str) -> str:
    """Return the form in which texts are compared: case, width and spacing make no difference."""
    # TODO
    raise NotImplementedError


def minhash(text: str, a: np.ndarray, b: np.ndarray, k: int = 5) -> np.ndarray:
    """Return the MinHash signature of the shingles of `fold(text)`: (h,) int64.

    a, b: (h,) int64, the parameters of h hash functions.
    """
    # TODO: the set of shingles, their CRC-32, h affine functions, the minimum of each
    raise NotImplementedError


def candidate_pairs(signatures: np.ndarray, bands: int) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, sorted, that agree in all positions of at least one band.

    signatures: (n, h) int64; h is a multiple of `bands`.
    """
    # TODO
    raise NotImplementedError


def duplicate_groups(
    texts: Sequence[str],
    a: np.ndarray,
    b: np.ndarray,
    k: int = 5,
    bands: int = 16,
    threshold: float = 0.8,
) -> list[int]:
    """Return for each text the smallest index of its group of near duplicates."""
    # TODO
    raise NotImplementedError


def group_split(
    groups: Sequence[str], test_share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of training and test, ascending; no group is on both sides."""
    # TODO
    raise NotImplementedError


def time_split(times: np.ndarray, test_share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of training and test, ascending; test is later than training.

    times: (n,), in any order, with ties.
    """
    # TODO
    raise NotImplementedError


def fit_features(
    rows: np.ndarray,
    train: np.ndarray,
    numeric: list[int],
    categorical: list[int],
    min_count: int = 10,
) -> Any:
    """Return a transformer (with `transform`) that has been fitted on `rows[train]` alone.

    rows: (n, columns) of objects: floats (nan: missing) or strings; train: indices.
    """
    # TODO
    raise NotImplementedError
