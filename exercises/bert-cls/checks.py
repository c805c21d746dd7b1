"""What a solution of bert-cls must do."""

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    differ,
    expect,
    finite,
    shape,
    tensor,
)

ENGLISH = [
    "model",
    "loss",
    "token",
    "layer",
    "batch",
    "head",
    "mask",
    "train",
    "test",
    "split",
    "learn",
    "rate",
]
CHINESE = list("模型损失批次掩码训练测试学率")
SPECIAL = 4  # [PAD], [UNK], [CLS], [SEP] are 0 to 3


def test_texts_become_a_padded_batch(sol, ref, seed):
    rng = np.random.default_rng(seed)
    texts = [*_texts(rng, (3, 7, 5)), "", "loss 模型 qqq loss"]
    for some in (texts, texts[:1]):
        got = sol.probe("encoded", ENGLISH + CHINESE, some, 29)
        want = ref.probe("encoded", ENGLISH + CHINESE, some, 29)
        for name in ("input_ids", "attention_mask"):
            _exact(
                got[name], want[name], what=f'encode(tokenizer, {len(some)} texts, 29)["{name}"]'
            )


def test_long_texts_are_cut(sol, ref, seed):
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(7, 12))
    texts = _texts(rng, (longest + 9, 4, longest - 2, longest - 1))
    got = sol.probe("encoded", ENGLISH + CHINESE, texts, longest)
    want = ref.probe("encoded", ENGLISH + CHINESE, texts, longest)
    for name in ("input_ids", "attention_mask"):
        _exact(got[name], want[name], what=f'encode(tokenizer, texts, {longest})["{name}"]')


def test_logits_are_raw_scores_of_classes(sol, seed):
    rng = np.random.default_rng(seed)
    sizes, batch = _sizes(rng), _batch(rng, (9, 4, 7, 12, 5))
    for classes in (2, int(rng.integers(6, 9))):
        logits = sol.probe("forward", sizes, classes, batch)["whole"]
        shape(logits, (5, classes), what="model(input_ids, attention_mask)")
        finite(logits, what="model(input_ids, attention_mask)")
        _raw(np.asarray(logits, np.float64))


def test_padding_changes_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    batch = _batch(rng, (4, 11, 7, 13, 5))
    got = sol.probe("forward", _sizes(rng), 3, batch)
    whole = np.asarray(got["whole"])
    shape(whole, (5, 3), what="model(batch)")
    room = 1e-4 * max(float(np.abs(whole).max()), 1e-3)
    expect(
        np.ptp(whole, axis=0).max() > 100 * room,
        en="Five different texts got the same logits.",
        zh="五段不同的文本得到了相同的 logits。",
    )
    close(got["wide"], whole, what="model(the batch with 5 more columns of padding)", atol=room)
    for row, alone in enumerate(got["alone"]):
        shape(alone, (1, 3), what="model(one text alone)")
        close(alone[0], whole[row], what=f"model(text {row} alone)[0]", atol=room)


def test_dropout_is_for_training_only(sol, seed):
    rng = np.random.default_rng(seed)
    batch = _batch(rng, (6, 9, 4))
    got = sol.probe("dropout", _sizes(rng), 5, batch, 0.5)
    shape(got["evaluation"][0], (3, 5), what="model.eval()(batch)")
    close(got["evaluation"][1], got["evaluation"][0], what="model.eval()(batch), again")
    differ(*got["training"], what="model.train()(batch), twice, with dropout=0.5")


def test_gradients_reach_the_encoder(sol, seed):
    rng = np.random.default_rng(seed)
    batch, labels = _batch(rng, (6, 9, 4, 8)), tensor([0, 2, 1, 2], "int64")
    for part, largest in sol.probe("gradients", _sizes(rng), 3, batch, labels).items():
        at_least(largest, 1e-7, what=f"largest gradient of the encoder's {part}")


def test_class_weights_balance_the_counts(sol, seed):
    rng = np.random.default_rng(seed)
    counts = [int(rng.integers(1, 4)), int(rng.integers(20, 40)), 0, int(rng.integers(6, 12)), 0]
    labels = rng.permutation(np.repeat(np.arange(5), counts))
    want = [len(labels) / (5 * n) if n else 0.0 for n in counts]
    got = sol.class_weights(tensor(labels, "int64"), 5)
    close(got, np.array(want, np.float32), what=f"class_weights(labels with counts {counts}, 5)")


def test_loss_is_weighted_cross_entropy(sol, seed):
    rng = np.random.default_rng(seed)
    batch, labels = _batch(rng, (6, 9, 4, 8, 11, 5, 7)), rng.permutation([0, 0, 0, 0, 1, 2, 2])
    data = [(batch, tensor(labels, "int64"))]
    for weights in (None, rng.uniform(0.2, 4.0, 3)):
        weighted = None if weights is None else tensor(weights, "float32")
        got = sol.probe("fine_tuned", _sizes(rng), 3, data, 1, 1e-4, weighted)
        want = _cross_entropy(got["first"][0], labels, np.ones(3) if weights is None else weights)
        name = "None" if weights is None else "weights"
        loss = np.float32(_losses(got["losses"], 1)[0])
        close(loss, want, what=f"fine_tune(…, {name})[0]", atol=1e-4)
    data = _labelled(rng, 3)
    got = sol.probe("fine_tuned", _sizes(rng), 3, data, 2, 0.0)
    parts = [_cross_entropy(x, y, np.ones(3)) for x, (_, y) in zip(got["first"], data, strict=True)]
    losses = np.array(_losses(got["losses"], 2), np.float32)
    close(losses, np.full(2, np.mean(parts), np.float32), what="fine_tune(…, lr=0)", atol=1e-4)


def test_weights_outweigh_the_frequent_class(sol, seed):
    rng = np.random.default_rng(seed)
    batch = _batch(rng, (7,))
    same = {name: tensor(np.repeat(value, 13, axis=0), "int64") for name, value in batch.items()}
    labels = np.array([1] * 11 + [0] * 2)
    weights = tensor([13 / 4, 13 / 22], "float32")
    got = sol.probe(
        "fine_tuned", _sizes(rng), 2, [(same, tensor(labels, "int64"))], 40, 2e-3, weights
    )
    rare = _softmax(np.asarray(got["last"][0], np.float64))[0, 0]
    at_least(rare, 0.35, what="P(class 0) of a text seen 2 times as class 0, 11 times as class 1")
    at_most(rare, 0.65, what="P(class 0) of a text seen 2 times as class 0, 11 times as class 1")


def test_fine_tuning_changes_the_encoder(sol, seed):
    rng = np.random.default_rng(seed)
    data = _labelled(rng, 2)
    for part, largest in _tuned(sol, rng, data, 3, 1e-3)["moved"].items():
        at_least(largest, 1e-5, what=f"largest change of the encoder's {part}")
    for part, largest in _tuned(sol, rng, data, 3, 0.0)["moved"].items():
        at_most(largest, 0.0, what=f"largest change of the encoder's {part} at lr=0")


def test_gradients_do_not_pile_up(sol, seed):
    rng = np.random.default_rng(seed)
    sizes, data = _sizes(rng), _labelled(rng, 1)
    once = sol.probe("fine_tuned", sizes, 3, data, 1, 0.0)["left"]
    often = sol.probe("fine_tuned", sizes, 3, data * 6, 1, 0.0)["left"]
    for part, largest in often.items():
        bound = 1.5 * once[part] if once[part] else 1e-6
        at_most(largest, bound, what=f"gradient of {part} after 6 equal batches at lr=0")


def test_fine_tuning_is_in_training_mode(sol, seed):
    rng = np.random.default_rng(seed)
    modes = _tuned(sol, rng, _labelled(rng, 2), 2, 1e-3)["modes"]
    expect(modes, en="fine_tune never ran the encoder.", zh="fine_tune 从未运行过编码器。")
    expect(
        all(modes),
        en=f"The encoder was in evaluation mode in {modes.count(False)} of {len(modes)} forward passes.",
        zh=f"{len(modes)} 次前向中有 {modes.count(False)} 次编码器处于评估模式。",
    )


def test_24_texts_are_learnt(sol, seed):
    rng = np.random.default_rng(seed)
    data = _labelled(rng, 3)
    got = sol.probe("fine_tuned", (41, 32, 2, 2), 3, data, 30, 1e-3)
    losses = _losses(got["losses"], 30)
    finite(losses, what="fine_tune(…)")
    right = sum(
        int(np.sum(np.argmax(logits, 1) == labels))
        for logits, (_, labels) in zip(got["last"], data, strict=True)
    )
    at_least(right, 23, what="texts out of 24 classified right after fine_tune")
    at_most(losses[-1] / losses[0], 0.5, what="last loss / first loss")


def test_prediction_gives_probabilities_in_order(sol, seed):
    got = _predicted(sol, seed, 0.0)
    want = np.concatenate([_softmax(np.asarray(part, np.float64)) for part in got["logits"]])
    close(got["first"], want.astype(np.float32), what="predict(model, batches)", atol=1e-4)


def test_prediction_is_deterministic(sol, seed):
    got = _predicted(sol, seed, 0.3)
    close(got["second"], got["first"], what="predict(model, batches), again", atol=1e-4)


def test_prediction_keeps_no_graph(sol, seed):
    got = _predicted(sol, seed, 0.0)
    expect(got["graph"], en="predict never ran the encoder.", zh="predict 从未运行过编码器。")
    expect(
        not any(got["graph"]) and not getattr(got["first"], "requires_grad", False),
        en="predict recorded a graph for the backward pass, which costs memory and is never used.",
        zh="predict 记录了反向传播用的计算图：占内存，却从不使用。",
    )


def _sizes(rng):
    """Vocabulary, hidden, layers, heads: all different, and different from the rest."""
    heads = int(rng.integers(2, 4))
    return 41, heads * int(rng.integers(8, 11)), 2, heads


def _texts(rng, lengths):
    words = np.array(ENGLISH + CHINESE)
    return [" ".join(rng.choice(words, size=n)) for n in lengths]


def _batch(rng, lengths):
    """[CLS] words [SEP] padding."""
    ids = np.zeros((len(lengths), max(lengths)), np.int64)
    for row, length in enumerate(lengths):
        ids[row, :length] = [2, *rng.integers(SPECIAL, 41, length - 2), 3]
    return {"input_ids": tensor(ids, "int64"), "attention_mask": tensor(ids != 0, "int64")}


def _labelled(rng, count):
    """Batches of 8 texts of 3 classes."""
    lengths = [rng.integers(4, 14, 8) for _ in range(count)]
    return [
        (_batch(rng, some), tensor(rng.permutation([0, 0, 0, 1, 1, 1, 2, 2]), "int64"))
        for some in lengths
    ]


def _tuned(sol, rng, data, epochs, lr):
    return sol.probe("fine_tuned", (41, 24, 2, 3), 3, data, epochs, lr)


def _predicted(sol, seed, share):
    rng = np.random.default_rng(seed)
    batches = [_batch(rng, rng.integers(4, 13, rows)) for rows in (5, 6, 1)]
    return sol.probe("predicted", _sizes(rng), 3, batches, share)


def _exact(got, want, *, what):
    shape(got, np.shape(want), what=what)
    close(np.asarray(got, np.float64), np.asarray(want, np.float64), what=what, rtol=0, atol=0)


def _losses(losses, epochs):
    expect(
        type(losses) in {list, tuple} and len(losses) == epochs,
        en=f"fine_tune must return a list with one loss for each epoch, here {epochs}.",
        zh=f"fine_tune 应返回一个列表，每个 epoch 一个损失，这里共 {epochs} 个。",
    )
    return losses


def _raw(logits):
    """Scores, not probabilities or their logarithms: neither sums up to one in every row."""
    log_sum = np.log(np.exp(np.clip(logits, -50, 50)).sum(1))
    ones = np.abs(logits.sum(1) - 1).max() < 1e-4 or np.abs(log_sum).max() < 1e-4
    expect(
        not ones,
        en="The rows are probabilities or log-probabilities: softmax does not belong into the model.",
        zh="每一行都是概率或对数概率：模型里不该有 softmax。",
    )


def _softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _cross_entropy(logits, labels, weights):
    chosen = np.log(_softmax(np.asarray(logits, np.float64)))[np.arange(len(labels)), labels]
    share = weights[labels]
    return np.float32(-(share * chosen).sum() / share.sum())
