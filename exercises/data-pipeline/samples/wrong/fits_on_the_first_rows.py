"""Takes the first rows instead of the rows with these indices.

fails: test_numbers_are_imputed_and_scaled
"""

import hashlib
import math
import re
import unicodedata
import zlib
from collections import defaultdict
from itertools import combinations

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import OneHotEncoder, StandardScaler

PRIME = 2**31 - 1
INVISIBLE = "\u200b\ufeff\u00ad"  # zero-width space, byte order mark, soft hyphen


def clean(text):
    """Return the text without invisible characters and needless white space, in NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if not _is_removed(char))
    text = re.sub(r"[^\S\n]+", " ", text)  # after the removal, which may join two spaces
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return unicodedata.normalize("NFC", text.strip())


def _is_removed(char):
    return char in INVISIBLE or (unicodedata.category(char) == "Cc" and not char.isspace())


def fold(text):
    """Return the form in which texts are compared."""
    text = unicodedata.normalize("NFKC", clean(text))  # before casefold: ℡ becomes TEL
    return " ".join(text.casefold().split())  # NFKC makes spaces too, of ¨ for one


def minhash(text, a, b, k=5):
    """Return the signature of the set of shingles: (h,) int64."""
    text = fold(text)
    shingles = {text[i : i + k] for i in range(max(1, len(text) - k + 1))}
    x = np.array([zlib.crc32(shingle.encode()) for shingle in shingles])  # (shingles,) int64
    values = (a[:, None] * x + b[:, None]) % PRIME  # (h, shingles); the product is under 2⁶³
    return values.min(axis=1)


def candidate_pairs(signatures, bands):
    """Return the pairs (i, j), i < j, that agree in every position of at least one band."""
    pairs = set()
    for band in np.split(signatures, bands, axis=1):  # (n, h / bands); buckets of its own
        buckets = defaultdict(list)
        for number, rows in enumerate(band):
            buckets[rows.tobytes()].append(number)
        for bucket in buckets.values():
            pairs.update(combinations(bucket, 2))
    return sorted(pairs)


def duplicate_groups(texts, a, b, k=5, bands=16, threshold=0.8):
    """Return for each text the smallest index of its group of near duplicates."""
    signatures = np.array([minhash(text, a, b, k) for text in texts])  # (n, h)
    parent = list(range(len(texts)))
    for i, j in candidate_pairs(signatures, bands):
        if (signatures[i] == signatures[j]).mean() >= threshold:
            low, high = sorted((_root(parent, i), _root(parent, j)))
            parent[high] = low  # so a root is the smallest of its group
    return [_root(parent, i) for i in range(len(texts))]


def _root(parent, i):
    while parent[i] != i:
        i = parent[i]
    return i


def group_split(groups, test_share, seed):
    """Return the indices of training and test; the side of a group depends on its name and seed."""
    draw = np.array([_draw(f"{seed}/{group}") for group in groups])
    return np.flatnonzero(draw >= test_share), np.flatnonzero(draw < test_share)


def _draw(name):
    """Return a number in [0, 1); `hash` would give another one in each process."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def time_split(times, test_share):
    """Return the indices of training and test; the test part is later, ties are in it."""
    cut = np.sort(times)[-math.ceil(test_share * len(times))]
    train, test = np.flatnonzero(times < cut), np.flatnonzero(times >= cut)
    if not len(train):
        raise ValueError("nothing is left for training")
    return train, test


def fit_features(rows, train, numeric, categorical, min_count=10):
    """Return a transformer that has been fitted on `rows[train]` alone."""
    values = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    # Without `error_on_new` a column that was complete in training could not have a gap later.
    missing = MissingIndicator(error_on_new=False)
    one_hot = OneHotEncoder(min_frequency=min_count, handle_unknown="ignore", sparse_output=False)
    features = ColumnTransformer(
        [
            ("numbers", make_union(values, missing), numeric),
            ("categories", one_hot, categorical),
        ]
    )
    return features.fit(rows[: len(train)])
