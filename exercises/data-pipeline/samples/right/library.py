"""Regular expressions, scikit-learn's indicator option, a sparse result, scipy's components."""

import hashlib
import math
import re
import zlib
from unicodedata import category, normalize

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.compose import make_column_transformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

GONE = dict.fromkeys(
    i for i in range(0x110000) if category(chr(i)) == "Cc" and not chr(i).isspace()
)
GONE |= {0x200B: None, 0xFEFF: None, 0xAD: None}


def clean(text: str) -> str:
    text = re.sub("\r\n?", "\n", text).translate(GONE)
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.split("\n")]
    return normalize("NFC", re.sub("\n\n+", "\n\n", "\n".join(lines)).strip())


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFKC", clean(normalize("NFKC", text)).casefold())).strip()


def minhash(text, a, b, k=5):
    text = fold(text)
    shingles = {text} if len(text) < k else {text[i - k : i] for i in range(k, len(text) + 1)}
    lowest = np.full(len(a), 2**31, dtype=np.uint64)
    for shingle in shingles:
        x = np.uint64(zlib.crc32(bytes(shingle, "utf-8")) % (2**31 - 1))
        values = a.astype(np.uint64) * x + b.astype(np.uint64)
        lowest = np.minimum(lowest, values % np.uint64(2**31 - 1))
    return lowest.astype(np.int64)


def candidate_pairs(signatures, bands):
    n, found = len(signatures), set()
    for columns in np.array_split(np.arange(signatures.shape[1]), bands):
        _, bucket = np.unique(signatures[:, columns], axis=0, return_inverse=True)
        i, j = np.nonzero(np.triu(bucket.reshape(n, 1) == bucket.reshape(1, n), 1))
        found |= set(zip(i.tolist(), j.tolist()))
    return sorted(found)


def duplicate_groups(texts, a, b, k=5, bands=16, threshold=0.8):
    signatures = np.array([minhash(text, a, b, k) for text in texts])
    pairs = [
        (i, j)
        for i, j in candidate_pairs(signatures, bands)
        if np.count_nonzero(signatures[i] == signatures[j]) >= threshold * len(a)
    ]
    i, j = np.array(pairs, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(pairs)), (i, j)), shape=(len(texts), len(texts)))
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    return [int(first[each]) for each in component]


def group_split(groups, test_share, seed):
    def side(name):
        code = hashlib.blake2b(f"{name}".encode(), digest_size=4, salt=str(seed).encode()).digest()
        return int.from_bytes(code, "little") < test_share * 2**32

    in_test = np.array([side(name) for name in groups])
    return np.nonzero(~in_test)[0], np.nonzero(in_test)[0]


def time_split(times, test_share):
    order = np.argsort(times)
    first = len(times) - math.ceil(test_share * len(times))
    while first > 0 and times[order[first - 1]] == times[order[first]]:
        first -= 1
    if first == 0:
        raise ValueError("one time only")
    return np.sort(order[:first]), np.sort(order[first:])


def fit_features(rows, train, numeric, categorical, min_count=10):
    numbers = FeatureUnion(
        [
            (
                "scaled",
                Pipeline([("fill", SimpleImputer(strategy="median")), ("z", StandardScaler())]),
            ),
            ("gap", MissingIndicator(features="missing-only", error_on_new=False, sparse=True)),
        ]
    )
    encoder = OneHotEncoder(min_frequency=min_count, handle_unknown="ignore")
    features = make_column_transformer(
        (encoder, categorical), (numbers, numeric), sparse_threshold=1.0
    )
    return features.fit(rows[np.asarray(train)])
