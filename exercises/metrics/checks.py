"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import math
from fractions import Fraction

import numpy as np

from prep.grading.checks import at_least, close, expect, raises, shape

# Floats of a few additions in another order.
NEAR = {"rtol": 1e-9, "atol": 1e-12}
WORDS = ["the", "cat", "sat", "on", "a", "mat", "dog", "ran"]


def _binary(rng, n=53, rate=0.3):
    y_true = (rng.random(n) < rate).astype(int)
    y_pred = np.where(rng.random(n) < 0.35, 1 - y_true, y_true)
    y_true[:4], y_pred[:4] = (0, 0, 1, 1), (0, 1, 0, 1)  # each cell of the table is filled
    return y_true, y_pred


def _three(got, expected, what):
    """Compare precision, recall and Fβ one by one, so that the message names which."""
    expect(
        np.shape(got) == (3,),
        en=f"{what} should return three numbers: precision, recall, Fβ.",
        zh=f"{what} 应返回三个数：精确率、召回率、Fβ。",
    )
    for name, one, other in zip(("precision", "recall", "F"), got, expected):
        close(one, other, what=f"{name} of {what}", **NEAR)


def test_binary_scores(sol, ref, seed):
    rng = np.random.default_rng(seed)
    for beta in (1.0, 0.5, 2.0):
        y_true, y_pred = _binary(rng)
        expected = ref.probe("sklearn_scores", y_true, y_pred, beta, "binary")
        got = sol.precision_recall_fbeta(y_true, y_pred, beta=beta)
        _three(got, expected, f"precision_recall_fbeta(…, beta={beta})")


def test_averages(sol, ref, seed):
    rng = np.random.default_rng(seed)
    y_true = rng.choice(4, size=61, p=[0.5, 0.3, 0.15, 0.05])
    y_pred = np.where(rng.random(61) < 0.4, rng.choice(4, size=61), y_true)
    y_true[:4] = y_pred[:4] = range(4)
    for average in ("macro", "micro", "weighted"):
        expected = ref.probe("sklearn_scores", y_true, y_pred, 2.0, average)
        got = sol.precision_recall_fbeta(y_true, y_pred, beta=2.0, average=average)
        _three(got, expected, f'precision_recall_fbeta(…, beta=2.0, average="{average}")')


def test_nothing_over_nothing_is_zero(sol, ref, seed):
    rng = np.random.default_rng(seed)
    some, none = rng.permutation([0] * 9 + [1] * 4), np.zeros(13, int)
    for y_true, y_pred in ((some, none), (none, some), (none, none)):
        expected = ref.probe("sklearn_scores", y_true, y_pred, 1.0, "binary")
        what = f"precision_recall_fbeta({y_true.sum()} positives, {y_pred.sum()} predicted)"
        _three(sol.precision_recall_fbeta(y_true, y_pred), expected, what)
    y_true, y_pred = np.array([0, 0, 2, 2, 5]), np.array([0, 2, 2, 7, 5])  # nobody is a 7
    for average in ("macro", "weighted", "micro"):
        expected = ref.probe("sklearn_scores", y_true, y_pred, 1.0, average)
        got = sol.precision_recall_fbeta(y_true, y_pred, average=average)
        _three(got, expected, f'precision_recall_fbeta({y_true}, {y_pred}, average="{average}")')


def test_auc_of_distinct_scores(sol, ref, seed):
    rng = np.random.default_rng(seed)
    y_true, _ = _binary(rng)
    scores = rng.permutation(len(y_true)) + 3.3 * y_true  # no two are equal
    expected = ref.probe("sklearn_auc", y_true, scores)
    close(sol.roc_auc(y_true, scores), expected, what="roc_auc(distinct scores)", **NEAR)


def test_auc_counts_ties_half(sol, ref, seed):
    rng = np.random.default_rng(seed)
    y_true, _ = _binary(rng)
    for scores in (rng.integers(3, size=len(y_true)) + y_true, np.full(len(y_true), 7)):
        given = scores.astype(float)
        expected = ref.probe("sklearn_auc", y_true, given)
        what = f"roc_auc(scores with {len(set(given))} distinct values)"
        close(sol.roc_auc(y_true, given), expected, what=what, **NEAR)


def test_auc_of_one_class_is_nan(sol, seed):
    scores = np.random.default_rng(seed).random(7)
    for y_true in (np.zeros(7, int), np.ones(7, int)):
        got = sol.roc_auc(y_true, scores)
        shape(got, (), what="roc_auc(one class only)")
        expect(
            np.isnan(got),
            en=f"With one class only there is no pair to rank: return nan, not {float(got):g}.",
            zh=f"只有一个类别时没有可比较的一对：应返回 nan，而不是 {float(got):g}。",
        )


def test_average_precision_is_a_sum_of_steps(sol, ref, seed):
    rng = np.random.default_rng(seed)
    y_true, _ = _binary(rng)
    scores = rng.permutation(len(y_true)) + 9.3 * y_true  # no two are equal
    expected = ref.probe("sklearn_average_precision", y_true, scores)
    got = sol.average_precision(y_true, scores)
    close(got, expected, what="average_precision(distinct scores)", **NEAR)


def test_average_precision_takes_ties_at_once(sol, ref, seed):
    rng = np.random.default_rng(seed)
    y_true, _ = _binary(rng)
    for order in (np.argsort(y_true), np.argsort(-y_true)):  # positives last, positives first
        truth = y_true[order]
        scores = (rng.integers(3, size=len(truth)) + truth).astype(float)
        expected = ref.probe("sklearn_average_precision", truth, scores)
        got = sol.average_precision(truth, scores)
        close(got, expected, what="average_precision(tied scores)", **NEAR)
    got = sol.average_precision(np.zeros(7, int), rng.random(7))
    close(got, 0.0, what="average_precision(no positives)", **NEAR)


def test_errors_are_means(sol, ref, seed):
    rng = np.random.default_rng(seed)
    images = [rng.integers(256, size=37).astype(np.uint8) for _ in range(2)]
    for y_true, y_pred in (rng.normal(size=(2, 31)), rng.normal(size=(2, 5, 3)), images):
        squared, absolute = ref.probe("sklearn_errors", y_true, y_pred)
        what = f"{y_true.dtype} {y_true.shape}"
        close(sol.mse(y_true, y_pred), squared, what=f"mse({what})", **NEAR)
        close(sol.mae(y_true, y_pred), absolute, what=f"mae({what})", **NEAR)


def test_errors_do_not_broadcast(sol, seed):
    column = np.random.default_rng(seed).normal(size=(11, 1))
    for name in ("mse", "mae"):
        call = getattr(sol, name)
        what = f"{name}(shape (11,), shape (11, 1))"
        raises(lambda call=call: call(column[:, 0], column), "ValueError", what=what)


def _calibrated(rng, n, classes, bins):
    """Return predictions that are too sure in every other bin, and not sure enough in the rest."""
    logits = rng.normal(size=(n, classes)) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    even = (probabilities.max(axis=1) * bins).astype(int) % 2 == 0
    right = rng.random(n) < np.where(even, 0.98, 0.2)
    best = probabilities.argmax(axis=1)
    return probabilities, np.where(right, best, (best + 1) % classes)


def test_calibration_error_weighs_bins(sol, ref, seed):
    rng = np.random.default_rng(seed)
    given = _calibrated(rng, 211, 3, 10)
    got = sol.expected_calibration_error(*given)
    expected = ref.expected_calibration_error(*given, n_bins=10)
    close(got, expected, what="expected_calibration_error(…)", **NEAR)
    for classes, bins in ((4, 10), (5, 7)):
        given = _calibrated(rng, 211, classes, bins)
        got = sol.expected_calibration_error(*given, n_bins=bins)
        expected = ref.expected_calibration_error(*given, n_bins=bins)
        close(got, expected, what=f"expected_calibration_error(…, n_bins={bins})", **NEAR)
    sure = np.array([[1.0, 0.0]] * 4)
    got = sol.expected_calibration_error(sure, np.array([0, 0, 0, 1]))
    close(got, 0.25, what="ECE of confidence 1.0 and accuracy 0.75", **NEAR)


def _corpus(rng, sentences):
    references = [[_sentence(rng, 9, 14) for _ in range(3)] for _ in range(sentences)]
    hypotheses = []
    for choices in references:
        words = list(choices[0]) + choices[1][:3]  # five words and more of one reference in a row
        words[int(rng.integers(len(words)))] = "dog"
        hypotheses.append(words[: int(rng.integers(7, len(words)))])
    return hypotheses, references


def _sentence(rng, least, most):
    return [str(word) for word in rng.choice(WORDS, size=int(rng.integers(least, most)))]


def test_bleu_of_a_corpus(sol, ref, seed):
    rng = np.random.default_rng(seed)
    hypotheses, references = _corpus(rng, 6)
    expected = ref.corpus_bleu(hypotheses, references, max_n=4)
    got = sol.corpus_bleu(hypotheses, references)
    shape(got, (), what="corpus_bleu(…)")
    close(got, expected, what="corpus_bleu(6 sentences, 3 references each)", **NEAR)
    for max_n in (5, 2):
        expected = ref.corpus_bleu(hypotheses, references, max_n=max_n)
        got = sol.corpus_bleu(hypotheses, references, max_n=max_n)
        shape(got, (), what="corpus_bleu(…)")
        close(
            got,
            expected,
            what=f"corpus_bleu(6 sentences, 3 references each, max_n={max_n})",
            **NEAR,
        )


def test_bleu_clips_repeated_words(sol):
    reference = ["the", "cat", "is", "on", "the", "mat"]
    got = sol.corpus_bleu([["the"] * 7], [[reference]], max_n=1)
    close(got, 2 / 7, what='corpus_bleu("the" × 7, max_n=1)', **NEAR)
    # Two references with two and one: the most of any one counts, not their sum.
    other = ["there", "is", "a", "cat", "on", "the", "mat"]
    got = sol.corpus_bleu([["the"] * 7], [[reference, other]], max_n=1)
    close(got, 2 / 7, what='corpus_bleu("the" × 7, two references, max_n=1)', **NEAR)


def test_bleu_punishes_brevity(sol):
    reference = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    short = sol.corpus_bleu([reference[:6]], [[reference]])
    close(short, math.exp(1 - 10 / 6), what="corpus_bleu(first 6 of 10 words)", **NEAR)
    longer = [*reference, "k", "l"]
    got = sol.corpus_bleu([longer], [[reference, [*longer, "m"]]], max_n=1)
    close(got, math.exp(1 - 13 / 12), what="corpus_bleu(12 words; references of 10 and 13)", **NEAR)
    got = sol.corpus_bleu([longer], [[reference, ["z"] * 16]], max_n=1)
    close(got, 10 / 12, what="corpus_bleu(12 words; references of 10 and 16)", **NEAR)


def test_bleu_without_a_match_is_zero(sol):
    reference = ["a", "b", "c", "d", "e"]
    for hypothesis in (["x", "y", "z", "q"], ["a", "x", "b", "y", "c"], []):
        got = sol.corpus_bleu([hypothesis], [[reference]])
        shape(got, (), what=f"corpus_bleu({hypothesis})")
        close(got, 0.0, what=f"corpus_bleu({hypothesis})", **NEAR)


def test_pass_at_k_is_unbiased(sol, seed):
    rng = np.random.default_rng(seed)
    cases = [(10, 3, 1), (10, 3, 5), (10, 8, 3), (10, 0, 4), (10, 10, 10), (2000, 7, 600)]
    for n, c, k in [*cases, *((int(n), int(n // 3), int(n // 4)) for n in rng.integers(12, 90, 3))]:
        exact = 1 - Fraction(math.comb(n - c, k), math.comb(n, k))
        got = sol.pass_at_k(n, c, k)
        shape(got, (), what=f"pass_at_k({n}, {c}, {k})")
        close(got, float(exact), what=f"pass_at_k({n}, {c}, {k})", rtol=1e-9, atol=1e-11)
    at_least(sol.pass_at_k(100, 1, 50), 0.499, what="pass_at_k(100, 1, 50)")
