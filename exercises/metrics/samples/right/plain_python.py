"""Plain Python with loops and pairs, no numpy but for reading the arrays."""

import math
from collections import defaultdict


def precision_recall_fbeta(y_true, y_pred, beta=1.0, average="binary"):
    y_true, y_pred = list(y_true), list(y_pred)
    labels = [1] if average == "binary" else sorted({*y_true, *y_pred})
    table = {label: [0, 0, 0] for label in labels}
    for true, predicted in zip(y_true, y_pred):
        if true == predicted:
            if true in table:
                table[true][0] += 1
            continue
        if predicted in table:
            table[predicted][1] += 1
        if true in table:
            table[true][2] += 1
    if average == "micro":
        return scores([sum(column) for column in zip(*table.values())], beta)
    rows = [(scores(counts, beta), counts[0] + counts[2]) for counts in table.values()]
    if average != "weighted":
        rows = [(row, 1) for row, _ in rows]
    whole = sum(weight for _, weight in rows)
    return [sum(row[i] * weight for row, weight in rows) / whole for i in range(3)]


def scores(counts, beta):
    tp, fp, fn = counts
    precision = tp / (tp + fp) if tp + fp else 0
    recall = tp / (tp + fn) if tp + fn else 0
    if not precision and not recall:
        return precision, recall, 0
    b = beta * beta
    return precision, recall, (1 + b) * precision * recall / (b * precision + recall)


def roc_auc(y_true, scores):
    positive = [s for y, s in zip(y_true, scores) if y]
    negative = [s for y, s in zip(y_true, scores) if not y]
    if not positive or not negative:
        return float("nan")
    won = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return won / (len(positive) * len(negative))


def average_precision(y_true, scores):
    groups = defaultdict(list)
    for y, score in zip(y_true, scores):
        groups[score].append(int(y))
    positives = sum(map(sum, groups.values()))
    if not positives:
        return 0
    area = tp = seen = 0
    for score in sorted(groups, reverse=True):
        tp += sum(groups[score])
        seen += len(groups[score])
        area += sum(groups[score]) / positives * tp / seen
    return area


def mse(y_true, y_pred):
    return sum(e * e for e in errors(y_true, y_pred)) / y_true.size


def mae(y_true, y_pred):
    return sum(abs(e) for e in errors(y_true, y_pred)) / y_true.size


def errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("same shape, please")
    return [float(p) - float(t) for t, p in zip(y_true.flat, y_pred.flat)]


def expected_calibration_error(probabilities, labels, n_bins=10):
    bins = defaultdict(list)
    for row, label in zip(probabilities.tolist(), labels.tolist()):
        confidence = max(row)
        bins[math.ceil(confidence * n_bins)].append((confidence, row.index(confidence) == label))
    gaps = [abs(sum(right - c for c, right in members)) for members in bins.values()]
    return sum(gaps) / len(labels)


def corpus_bleu(hypotheses, references, max_n=4):
    c = r = 0
    logs = 0.0
    for hypothesis, choices in zip(hypotheses, references):
        c += len(hypothesis)
        r += len(min(choices, key=lambda ref: (abs(len(ref) - len(hypothesis)), len(ref))))
    for n in range(1, max_n + 1):
        matched = total = 0
        for hypothesis, choices in zip(hypotheses, references):
            grams = ngrams(hypothesis, n)
            total += len(grams)
            pools = [ngrams(reference, n) for reference in choices]
            for gram in set(grams):
                matched += min(grams.count(gram), max(pool.count(gram) for pool in pools))
        if matched == 0:
            return 0
        logs += math.log(matched / total) / max_n
    return math.exp(logs + min(0, 1 - r / c))


def ngrams(tokens, n):
    return list(zip(*(tokens[i:] for i in range(n))))


def pass_at_k(n, c, k):
    wrong = 1.0
    for i in range(k):
        wrong *= max(0, n - c - i) / (n - i)
    return 1 - wrong
