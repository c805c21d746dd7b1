"""Row by row, in plain Python, and every parameter without a gradient."""

import torch


def predict(model, x, batch_size=64):
    model.train(False)
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    rows = []
    for row in x.tolist():
        logits = model(torch.tensor([row], dtype=torch.float32))[0]
        powers = torch.exp(logits.double() - logits.max())
        rows.append(powers / powers.sum())
    torch.set_grad_enabled(before)
    return torch.stack(rows).numpy()


def best_threshold(y_true, probability):
    best, chosen = None, None
    for threshold in sorted(probability.tolist()):
        pairs = [(true, value >= threshold) for true, value in zip(y_true, probability)]
        hits = sum(1 for true, said in pairs if true and said)
        f1 = 2 * hits / (sum(said for _, said in pairs) + sum(true for true, _ in pairs))
        if best is None or f1 >= best:
            best, chosen = f1, threshold
    return chosen


def decide(valid, test):
    threshold = best_threshold(valid[0], valid[1])
    return threshold, [int(value >= threshold) for value in test[1]]


def confusion(y_true, y_pred, classes):
    counts = [[0] * classes for _ in range(classes)]
    for true, predicted in zip(y_true, y_pred):
        counts[true][predicted] += 1
    return counts


def ratio(part, whole):
    return [float(one) / float(other) if other else 0.0 for one, other in zip(part, whole)]


def scores(counts):
    classes = range(len(counts))
    hits = [counts[one][one] for one in classes]
    precision = ratio(hits, [sum(counts[true][one] for true in classes) for one in classes])
    recall = ratio(hits, [sum(counts[one]) for one in classes])
    f1 = ratio(
        [2 * p * r for p, r in zip(precision, recall)], [p + r for p, r in zip(precision, recall)]
    )
    return precision, recall, f1


def average(values, counts, how="macro"):
    support = [1] * len(values) if how == "macro" else [int(sum(row)) for row in counts]
    return sum(one * weight for one, weight in zip(values, support)) / sum(support)
