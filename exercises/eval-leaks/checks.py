"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import at_most, close, equal, expect, shape

EXACT = {"rtol": 0.0, "atol": 0.0}


def _two(got, what):
    expect(
        isinstance(got, (list, tuple)) and len(got) == 2,
        en=f"{what} should return two things.",
        zh=f"{what} 应返回两个值。",
    )
    return got


def _split(sol, groups, share, seed):
    what = f"split({len(groups)} rows, {share}, {seed})"
    train, test = _two(sol.split(groups, share, seed), what)
    for name, part in (("train", train), ("test", test)):
        shape(part, (len(part),) if hasattr(part, "__len__") else (0,), what=f"{name} of {what}")
        close(part, np.unique(part), what=f"{name} of {what}, ascending", **EXACT)
    both = np.sort(np.concatenate([train, test]))
    close(both, np.arange(len(groups)), what=f"train and test of {what}", **EXACT)
    return np.asarray(train).astype(int), np.asarray(test).astype(int)


def test_no_group_is_on_both_sides(sol, seed):
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(rng.permutation(900)[:40], rng.integers(2, 7, 40)))
    for share, count in ((0.25, 10), (0.5, 20)):
        train, test = _split(sol, groups, share, seed % 1000)
        both = sorted(set(groups[train].tolist()) & set(groups[test].tolist()))
        equal(both, [], what="groups on both sides")
        equal(len(set(groups[test].tolist())), count, what=f"groups in test, of 40, share {share}")
    again, other = (_split(sol, groups, 0.5, each)[1] for each in (seed % 1000, 1000))
    close(again, test, what="test of split(…) with the same seed", **EXACT)
    equal(set(other.tolist()) == set(test.tolist()), False, what="another seed, the same test part")


def test_scaling_knows_training_rows_only(sol, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(3, [0.02, 0.4, 2, 9, 1], (40, 5))
    train = np.sort(rng.permutation(40)[:25])
    x[train, 4] = 7.0  # constant in training
    x[np.setdiff1d(np.arange(40), train), :4] += 50
    mean, deviation = x[train].mean(axis=0), x[train].std(axis=0)
    expected = (x - mean) / np.array([*deviation[:4], 1.0])
    close(sol.scale(x, train), expected, what="scale(x, train)", rtol=1e-9, atol=1e-9)


def _passes(sol, n, size, shuffle, seed, count):
    """Return the rows of each pass, once the batches hold all rows with their labels."""
    what = f"Loader({n} rows, batch_size={size}, shuffle={shuffle})"
    found = []
    for batches in sol.probe("passes", n, size, shuffle, seed, count):
        equal([len(rows) for rows, _ in batches], _sizes(n, size), what=f"batch sizes of {what}")
        rows, labels = (np.concatenate([batch[i] for batch in batches]) for i in range(2))
        close(rows, labels, what=f"rows of x beside rows of y, {what}", **EXACT)
        close(np.sort(rows), np.arange(n), what=f"all rows once, {what}", **EXACT)
        found.append(rows)
    return found


def _sizes(n, size):
    return [size] * (n // size) + ([n % size] if n % size else [])


def test_rows_are_shuffled(sol, seed):
    """Of 83 rows about one stands before its old neighbour; twelve do once in 10¹² times."""
    for rows in _passes(sol, 83, 8, False, 1, 2):
        close(rows, np.arange(83), what="rows without shuffle", **EXACT)
    first, second = _passes(sol, 83, 8, True, seed % 1000, 2)
    for rows in (first, second):
        neighbours = int((np.diff(rows) == 1).sum())
        at_most(neighbours, 12, what="rows that still stand before their old neighbour, of 83")
    equal(first.tolist() == second.tolist(), False, what="two passes in the same order")
    again = _passes(sol, 83, 8, True, seed % 1000, 1)[0]
    close(again, first, what="the first pass of a second loader with the same seed", **EXACT)
    other = _passes(sol, 83, 8, True, 1000, 1)[0]
    equal(other.tolist() == first.tolist(), False, what="another seed, the same order")


def _diary(sol, *, training):
    told = sol.probe("diary", training)
    expect(
        len(told["calls"]) > 0,
        en="evaluate never called the model.",
        zh="evaluate 从未调用模型。",
    )
    return told


def test_evaluation_is_in_evaluation_mode(sol, seed):
    for training in (True, False):
        told = _diary(sol, training=training)
        modes = [mode for mode, _ in told["calls"]]
        equal(any(modes), False, what="model.training while evaluate calls the model")
        equal(told["after"], training, what="model.training after evaluate")


def test_evaluation_builds_no_graph(sol, seed):
    graphs = [graph for _, graph in _diary(sol, training=True)["calls"]]
    equal(any(graphs), False, what="logits.requires_grad while evaluate calls the model")


def test_every_row_counts_alike(sol, seed):
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(19, 4)), rng.normal(size=(3, 4))
    x, weight = x.astype("float32"), weight.astype("float32")
    logits = x @ weight.T
    y = np.where(rng.random(19) < 0.6, logits.argmax(axis=1), rng.integers(0, 3, 19))
    y[16:] = logits[16:].argmin(axis=1)  # the small batch is the worst one
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log(chance[np.arange(19), y]).mean(), (logits.argmax(axis=1) == y).mean()
    for sizes in ([8, 8, 3], [16, 1, 1, 1]):
        got = _two(sol.probe("scored", x, y, weight, sizes), "evaluate(…)")
        close(got[0], expected[0], what=f"loss, batches of {sizes}", rtol=1e-4, atol=1e-6)
        close(got[1], expected[1], what=f"accuracy, batches of {sizes}", rtol=1e-5, atol=1e-7)


def test_best_weights_are_a_copy(sol, seed):
    rng = np.random.default_rng(seed)
    losses = [3.0, 2.0, *rng.uniform(2.1, 4.0, 3).tolist()]
    got = sol.probe("epochs", losses, losses)
    close(got["weight"], 2.0, what="the weight in Best.state (epoch 2 was the best, 5 the last)")
    equal(got["epoch"], 2, what="Best.epoch")


def test_epoch_is_chosen_by_validation(sol, seed):
    rng = np.random.default_rng(seed)
    for place in (2, 3, 4):
        valid, test = rng.uniform(1, 2, (2, 5)).tolist()
        valid[place] = 0.5
        test[0] = 0.25
        got = sol.probe("epochs", valid, test)
        equal(got["epoch"], place + 1, what=f"Best.epoch after validation losses {_short(valid)}")
        equal(got["before"], 0, what="Best.epoch before the first epoch")
    tied = [2.0, 1.0, 1.0, 1.5]
    got = sol.probe("epochs", tied, tied)
    equal(got["epoch"], 2, what=f"Best.epoch after validation losses {tied}")


def _short(values):
    return [round(value, 2) for value in values]
