"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import math
from operator import index

import numpy as np

from prep.grading.checks import close, equal, expect, shape

VOCAB, CLASSES = 19, 4


def _loaded(sol, seed, kind):
    return sol.probe("loaded", VOCAB + seed % 7, CLASSES, kind)


def test_checkpoint_of_a_gpu_loads(sol, seed):
    facts = _loaded(sol, seed, "gpu")
    equal(facts["raised"], "", what="exception of load_model(build, file), file saved on cuda:63")
    _is_loaded(facts)


def _is_loaded(facts):
    expect(
        facts.get("same") is True,
        en="`load_model` did not return the model of `build` with the weights of the file, on the CPU.",
        zh="`load_model` 返回的不是 `build` 建出的、带有文件中权重且位于 CPU 上的模型。",
    )


def test_nothing_in_the_file_runs(sol, seed):
    _is_loaded(_loaded(sol, seed, "cpu"))
    facts = _loaded(sol, seed, "code")
    expect(
        not facts["ran"],
        en="Loading a checkpoint ran the code that was hidden in it.",
        zh="加载检查点时，藏在里面的代码被执行了。",
    )
    expect(
        facts["raised"] != "",
        en="A checkpoint with more in it than tensors and plain values was loaded; refuse it.",
        zh="检查点里除了张量和普通值还有别的东西，却照样加载了；应当拒绝。",
    )


def test_model_is_in_evaluation_mode(sol, seed):
    facts = _loaded(sol, seed, "cpu")
    _is_loaded(facts)
    expect(
        not any(facts["modes"]),
        en="The loaded model, or a part of it, is in training mode.",
        zh="加载的模型（或它的一部分）处于训练模式。",
    )


def _lengths(seed):
    """Nine lengths, all different, in an order that is not its own inverse."""
    rng = np.random.default_rng(seed)
    lengths = rng.choice(np.arange(1, 15), size=9, replace=False)
    lengths[:3] = np.array([15, 16, 17])[[1, 2, 0]]  # the longest ones turn in a circle
    return [int(length) for length in lengths]


def _expected(lengths, max_tokens):
    found, now = [], []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if now and (len(now) + 1) * lengths[i] > max_tokens:
            found.append(now)
            now = []
        now.append(i)
    return [*found, now] if now else found


def test_padded_batches_stay_within_the_limit(sol, seed):
    rng = np.random.default_rng(seed)
    many = [int(length) for length in rng.integers(1, 40, size=50)]
    for lengths, limit in (
        (many, 80),
        (many, 200),
        ([5, 2, 2, 9], 4),
        ([3, 3, 3], 9),
        ([7, 6], 1),
        ([], 5),
    ):
        what = "batches(lengths, max_tokens)"
        if len(lengths) < 10:
            what = f"batches({lengths}, {limit})"
        found = sol.batches(lengths, limit)
        told = [[index(i) for i in group] for group in found]
        equal(told, _expected(lengths, limit), what=what)


def _rows(seed):
    rng = np.random.default_rng(seed)
    return [[int(token) for token in rng.integers(1, VOCAB, size=n)] for n in _lengths(seed)]


def _told(rows):
    return np.array([[sum(row), len(row), row[0]] for row in rows], np.float32)


def test_no_graph_is_recorded(sol, seed):
    rows = _rows(seed)
    facts = sol.probe("predicted", rows, 40)
    shape(facts["logits"], (len(rows), 3), what="predict(model, rows, max_tokens)")
    found = np.sort(np.asarray(facts["logits"])[:, 1])
    close(found, np.sort(_told(rows)[:, 1]), what="lengths that the model saw")
    expect(
        not any(seen["grad"] for seen in facts["seen"]) and not facts["logits"].requires_grad,
        en="`predict` called the model with gradients being recorded.",
        zh="`predict` 调用模型时仍在记录梯度。",
    )


def test_answers_are_in_the_order_of_the_rows(sol, seed):
    rows = _rows(seed)
    for limit in (40, 1000):
        facts = sol.probe("predicted", rows, limit)
        what = f"predict(model, rows, {limit}): sum, length, first token"
        close(facts["logits"], _told(rows), what=what)
        for seen in facts["seen"]:
            close(seen["padding"], 0, what="tokens behind the end of a row")
            equal(seen["types"], ["torch.int64"] * 2, what="dtypes of tokens and lengths")


def test_percentile_counts_the_slowest(sol, seed):
    rng = np.random.default_rng(seed)
    for n, q in (
        (50, 99),
        (7, 50),
        (10, 90),
        (10, 95),
        (200, 99.5),
        (1, 1),
        (3, 100),
        (40, 2.5),
        (9, 0.1),
    ):
        values = [float(value) for value in rng.exponential(size=n)]
        wanted = sorted(values)[max(math.ceil(q * n / 100), 1) - 1]
        close(sol.percentile(values, q), wanted, what=f"percentile({n} values, {q})")


def test_health_looks_at_the_answer(sol, seed):
    facts = sol.probe("health", _rows(seed), 40)
    equal(facts["works"], True, what="is_healthy(a model that works, …)")
    for name, told in (
        ("raises", "a model that raises"),
        ("nan", "a model with a NaN"),
        ("inf", "a model with an inf"),
        ("none", "None"),
    ):
        equal(facts[name], False, what=f"is_healthy({told}, …)")
