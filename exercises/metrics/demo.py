"""Watches a classifier with your metrics while it learns, and compares them with the libraries'."""

import json
import time

import numpy as np
from sklearn import metrics
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

RARE = 8  # one digit of ten: accuracy looks well when nothing is found
TRANSLATIONS = (
    ("the model was trained on two graphics cards", "the model was trained on two GPUs"),
    ("quantization makes the weights of a model smaller", "quantization shrinks a model's weights"),
    (
        "the learning rate is warmed up and then decays",
        "the learning rate warms up and then decays",
    ),
)


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    digits = load_digits()
    y = (digits.target == RARE).astype(int)
    x_train, x_test, y_train, y_test = train_test_split(
        digits.data / 16, y, test_size=0.4, stratify=y, random_state=stage.seed
    )
    yield Fact(
        "data", f"scikit-learn digits: {len(y_test)} test images, {y_test.mean():.1%} are {RARE}s"
    )
    epochs = stage.steps(quick=12, full=60)
    model = SGDClassifier(loss="log_loss", alpha=1e-3, random_state=stage.seed)
    order = np.random.default_rng(stage.seed)
    probability = np.zeros(len(y_test))
    for epoch in range(1, epochs + 1):
        for rows in np.array_split(order.permutation(len(y_train)), 8):
            model.partial_fit(x_train[rows], y_train[rows], classes=[0, 1])
        probability = model.predict_proba(x_test)[:, 1]
        precision, recall, f1 = solution.precision_recall_fbeta(y_test, (probability > 0.5) * 1)
        yield Progress("training", epoch, epochs)
        yield Metric("score, precision", epoch, float(precision))
        yield Metric("score, recall", epoch, float(recall))
        yield Metric("score, F1", epoch, float(f1))
        yield Metric("area, ROC AUC", epoch, float(solution.roc_auc(y_test, probability)))
        yield Metric("area, AP", epoch, float(solution.average_precision(y_test, probability)))
    rows = list(_compared(solution, y_test, probability))
    yield Table(
        Text("yours beside the libraries'", "你的结果与库的结果"),
        (Text("metric", "指标"), Text("yours", "你的"), Text("library", "库"), "ms"),
        tuple(rows),
    )
    nothing = np.zeros_like(y_test)
    yield Say(
        Text(
            f"A classifier that never says {RARE} has an accuracy of {(y_test == 0).mean():.1%} "
            f"and an F1 of {solution.precision_recall_fbeta(y_test, nothing)[2]:.0f}.",
            f"从不预测 {RARE} 的分类器准确率为 {(y_test == 0).mean():.1%}，"
            f"F1 为 {solution.precision_recall_fbeta(y_test, nothing)[2]:.0f}。",
        )
    )
    file = stage.folder / "scores.json"
    file.write_text(json.dumps({name: own for name, own, _, _ in rows}, indent=2), encoding="utf-8")
    yield Artefact(str(file))


def _compared(solution, y, probability):
    """Yield name, own value, the library's, and the milliseconds that the own one took."""
    label = (probability > 0.5).astype(int)
    both = np.stack([1 - probability, probability], axis=1)
    said = [one.split() for one, _ in TRANSLATIONS]
    wanted = [[other.split()] for _, other in TRANSLATIONS]
    scores = solution.precision_recall_fbeta
    table = {
        "F1": (lambda: scores(y, label)[2], metrics.f1_score(y, label)),
        "F2": (lambda: scores(y, label, beta=2.0)[2], metrics.fbeta_score(y, label, beta=2)),
        "macro-F1": (
            lambda: scores(y, label, average="macro")[2],
            metrics.f1_score(y, label, average="macro"),
        ),
        "ROC AUC": (
            lambda: solution.roc_auc(y, probability),
            metrics.roc_auc_score(y, probability),
        ),
        "AP": (
            lambda: solution.average_precision(y, probability),
            metrics.average_precision_score(y, probability),
        ),
        "Brier (MSE)": (
            lambda: solution.mse(y, probability),
            metrics.brier_score_loss(y, probability),
        ),
        "ECE": (lambda: solution.expected_calibration_error(both, y), None),
        "BLEU": (lambda: solution.corpus_bleu(said, wanted), _sacrebleu()),
        "pass@10": (lambda: solution.pass_at_k(200, 13, 10), None),
    }
    for name, (own, library) in table.items():
        began = time.perf_counter()
        value = float(own())
        spent = 1000 * (time.perf_counter() - began)
        beside = "–" if library is None else f"{float(library):.6f}"
        yield name, f"{value:.6f}", beside, f"{spent:.2f}"


def _sacrebleu():
    try:
        from sacrebleu import corpus_bleu
    except ImportError:
        return None
    said, wanted = zip(*TRANSLATIONS, strict=True)
    found = corpus_bleu(list(said), [list(wanted)], smooth_method="none", tokenize="none")
    return found.score / 100
