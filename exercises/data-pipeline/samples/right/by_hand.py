"""Plain loops, another hash, all pairs, and a transformer written by hand."""

import hashlib
import unicodedata
import zlib

import numpy as np


def clean(text):
    kept = []
    for char in text.replace("\r\n", "\n"):
        if char == "\r":
            kept.append("\n")
        elif char.isspace() and char != "\n":
            kept.append(" ")
        elif char in ("\u200b", "\ufeff", "\u00ad"):
            continue
        elif unicodedata.category(char) != "Cc" or char == "\n":
            kept.append(char)
    lines = [" ".join(line.split(" ")) for line in "".join(kept).split("\n")]
    lines = [" ".join(part for part in line.split(" ") if part) for line in lines]
    result = []
    for line in lines:
        if line or (result and result[-1]):
            result.append(line)
    while result and not result[-1]:
        result.pop()
    return unicodedata.normalize("NFC", "\n".join(result))


def fold(text):
    text = clean(text)
    while True:
        folded = unicodedata.normalize("NFKC", text).casefold()
        folded = " ".join(unicodedata.normalize("NFKC", folded).split())
        if folded == text:
            return text
        text = folded


def minhash(text, a, b, k=5):
    text = fold(text)
    pieces = [text[i : i + k] for i in range(len(text) - k + 1)] or [text]
    codes = {zlib.crc32(piece.encode("utf-8")) for piece in pieces}
    signature = []
    for one, other in zip(a.tolist(), b.tolist()):
        signature.append(min((one * code + other) % (2**31 - 1) for code in codes))
    return np.array(signature, dtype=np.int64)


def candidate_pairs(signatures, bands):
    n, h = signatures.shape
    cut = signatures.reshape(n, bands, h // bands)
    found = []
    for i in range(n):
        for j in range(i + 1, n):
            if any((cut[i, band] == cut[j, band]).all() for band in range(bands)):
                found.append([i, j])
    return found


def duplicate_groups(texts, a, b, k=5, bands=16, threshold=0.8):
    signatures = np.stack([minhash(text, a, b, k) for text in texts])
    groups = np.full(len(texts), -1)
    for start in range(len(texts)):
        if groups[start] >= 0:
            continue
        waiting = [start]
        while waiting:
            one = waiting.pop()
            groups[one] = start
            share = (signatures == signatures[one]).mean(axis=1)
            waiting += [int(i) for i in np.flatnonzero(share >= threshold) if groups[i] < 0]
    return groups


def group_split(groups, test_share, seed):
    train, test = [], []
    for row, name in enumerate(groups):
        code = int(hashlib.md5(f"{name}#{seed}".encode()).hexdigest(), 16)  # noqa: S324 - no secret
        (test if code % 10**9 < test_share * 10**9 else train).append(row)
    return train, test


def time_split(times, test_share):
    wanted = test_share * len(times)
    for cut in sorted(set(times.tolist()), reverse=True):
        if (times >= cut).sum() >= wanted:
            break
    if cut == times.min():
        raise ValueError("all rows would be in the test part")
    return np.where(times < cut)[0], np.where(times >= cut)[0]


class Features:
    def __init__(self, rows, numeric, categorical, min_count):
        self.numeric, self.categorical = numeric, categorical
        known = rows[:, numeric].astype(float)
        self.gaps = np.isnan(known).any(axis=0)
        self.median = np.nanmedian(known, axis=0)
        filled = np.where(np.isnan(known), self.median, known)
        self.mean, self.deviation = filled.mean(axis=0), filled.std(axis=0)
        self.often, self.rare = [], []
        for column in categorical:
            names = rows[:, column].tolist()
            seen = sorted(set(names))
            self.often.append([name for name in seen if names.count(name) >= min_count])
            self.rare.append([name for name in seen if names.count(name) < min_count])

    def transform(self, rows):
        columns = []
        for place, column in enumerate(self.categorical):
            names = rows[:, column]
            columns += [names == name for name in self.often[place]]
            if self.rare[place]:
                columns.append(np.isin(names.astype(str), self.rare[place]))
        values = rows[:, self.numeric].astype(float)
        missing = np.isnan(values)
        columns += list(missing[:, self.gaps].T)
        scaled = (np.where(missing, self.median, values) - self.mean) / self.deviation
        return np.column_stack([*columns, scaled]).astype(float)


def fit_features(rows, train, numeric, categorical, min_count=10):
    return Features(rows[train], numeric, categorical, min_count)
