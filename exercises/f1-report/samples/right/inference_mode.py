"""inference_mode around one loop, bincount, the F1 from counts, np.average."""

import numpy as np
import torch


def predict(model, x, batch_size=64):
    was_training = model.training
    model.eval()
    parts = []
    with torch.inference_mode():
        for rows in torch.tensor(np.asarray(x, dtype="float32")).split(batch_size):
            parts.append(model(rows).softmax(dim=-1))
    model.train(was_training)
    return torch.cat(parts).numpy()


def best_threshold(y_true, probability):
    choices = sorted(set(probability.tolist()), reverse=True)

    def f1(threshold):
        counts = confusion(y_true, (probability >= threshold).astype(int), 2)
        return 2 * counts[1, 1] / (2 * counts[1, 1] + counts[0, 1] + counts[1, 0])

    return max(choices, key=f1)  # the first of equal ones


def decide(valid, test):
    threshold = best_threshold(*valid)
    return threshold, np.where(test[1] < threshold, 0, 1)


def confusion(y_true, y_pred, classes):
    return np.bincount(y_true * classes + y_pred, minlength=classes**2).reshape(classes, classes)


def ratio(part, whole):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(whole) == 0, 0.0, np.asarray(part) / np.asarray(whole))


def scores(counts):
    hits = counts.diagonal()
    wrong, missed = counts.sum(0) - hits, counts.sum(1) - hits
    return (
        ratio(hits, hits + wrong),
        ratio(hits, hits + missed),
        ratio(2 * hits, 2 * hits + wrong + missed),
    )


def average(values, counts, how="macro"):
    return np.average(values, weights=None if how == "macro" else counts.sum(axis=1))
