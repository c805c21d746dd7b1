"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import close, equal, expect, shape

NEAR = {"rtol": 1e-9, "atol": 1e-12}


def _diary(sol, seed):
    x = np.random.default_rng(seed).normal(size=(17, 4))
    notes = sol.probe("diary", x)
    expect(
        len(notes) > 0,
        en="predict never called the model.",
        zh="predict 从未调用模型。",
    )
    return notes


def test_model_is_in_evaluation_mode(sol, seed):
    training = [mode for mode, _ in _diary(sol, seed)]
    equal(any(training), False, what="model.training while predict calls the model")


def test_no_graph_is_built(sol, seed):
    graph = [graph for _, graph in _diary(sol, seed)]
    equal(any(graph), False, what="logits.requires_grad while predict calls the model")


def test_each_row_sums_to_one(sol, seed):
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(23, 4)), rng.normal(size=(3, 4)).astype("float32")
    powers = np.exp(x.astype("float32") @ weight.T)
    expected = powers / powers.sum(axis=1, keepdims=True)
    for size in (5, 64):  # 23 rows: the last batch is a part of one
        got = sol.probe("probabilities", x, weight, size)
        close(got, expected, what=f"predict(model, x, batch_size={size})", rtol=1e-4, atol=1e-6)


def test_every_pair_is_counted(sol, seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.integers(0, 4, 50), rng.integers(0, 4, 50)
    for classes in (4, 6):
        wanted = np.zeros((classes, classes))
        for true, predicted in zip(y_true, y_pred):
            wanted[true, predicted] += 1
        close(sol.confusion(y_true, y_pred, classes), wanted, what=f"confusion(…, {classes})")


def test_nothing_divided_is_zero(sol, seed):
    rng = np.random.default_rng(seed)
    whole = np.array([0.0, 0.02, 0.5, 1.0, 8.0, 0.0, *rng.uniform(0.01, 0.9, 5)])
    part = whole * rng.uniform(0.1, 1.0, len(whole))
    expected = [one / other if other else 0.0 for one, other in zip(part, whole)]
    close(sol.ratio(part, whole), np.array(expected), what=f"ratio(…, {whole[:6]} …)", **NEAR)
    got = sol.ratio(np.array([0, 3, 2]), np.array([0, 4, 2]))
    close(got, np.array([0, 0.75, 1]), what="ratio([0, 3, 2], [0, 4, 2])", **NEAR)


def _frequent_hits(rng):
    """Return counts in which precision + recall of each class is over 1."""
    return rng.integers(1, 9, (3, 3)) + np.diag(rng.integers(40, 90, 3))


def test_precision_is_of_what_was_predicted(sol, seed):
    counts = _frequent_hits(np.random.default_rng(seed))
    hits = np.diag(counts)
    precision, recall = hits / counts.sum(axis=0), hits / counts.sum(axis=1)
    expected = precision, recall, 2 * precision * recall / (precision + recall)
    got = sol.scores(counts)
    shape(got, (3, 3), what="scores(counts)")
    for name, one, other in zip(("precision", "recall", "F1"), got, expected):
        close(one, other, what=f"{name} of scores(counts)", **NEAR)


def test_weights_are_of_the_truth(sol, seed):
    rng = np.random.default_rng(seed)
    counts, values = rng.integers(1, 30, (3, 3)), rng.random(3)
    counts[0] += 50  # class 0 is the most frequent
    true = counts.sum(axis=1)
    expected = (values * true).sum() / true.sum()
    got = sol.average(values, counts, "weighted")
    close(got, expected, what='average(values, counts, "weighted")', **NEAR)
    close(sol.average(values, counts), values.mean(), what="average(values, counts)", **NEAR)


def _part(rng, n, low):
    """Return labels and probabilities on a grid, with positives from `low` up."""
    y_true = rng.permutation(np.repeat([0, 1], [n - n // 3, n // 3]))
    return y_true, (rng.integers(0, 60, n) + low * y_true) / 128


def _best(y_true, probability):
    """Return the threshold by trying all of them, the highest first."""
    found, best = -1.0, 0.0
    for threshold in sorted(set(probability.tolist()), reverse=True):
        predicted = probability >= threshold
        f1 = 2 * (predicted & (y_true == 1)).sum() / (predicted.sum() + y_true.sum())
        if f1 > found:
            found, best = f1, threshold
    return best


def test_threshold_is_from_validation(sol, seed):
    rng = np.random.default_rng(seed)
    valid, test = _part(rng, 60, 20), _part(rng, 45, 55)
    test = test[0], test[1] + 0.125
    tie = np.array([1, 0, 0, 1]), np.array([0.75, 0.5, 0.25, 0.125])  # F1 is 2/3 at both ends
    for known, asked in ((valid, test), (tie, (np.array([1, 0]), np.array([0.75, 0.5])))):
        wanted = _best(*known)
        got = sol.decide(known, asked)
        shape(got[0], (), what="the threshold of decide(valid, test)")
        close(got[0], wanted, what="the threshold of decide(valid, test)", **NEAR)
        close(got[1], (asked[1] >= wanted) * 1, what="the classes of decide(valid, test)")
        close(sol.best_threshold(*known), wanted, what="best_threshold(…)", **NEAR)
    none = np.zeros(3, int), np.array([0.25, 0.5, 0.125])
    close(sol.best_threshold(*none), 0.5, what="best_threshold(no positives)", **NEAR)
