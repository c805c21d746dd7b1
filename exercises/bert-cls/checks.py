"""What a solution of bert-cls must do."""

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    differ,
    dtype,
    expect,
    finite,
    shape,
    tensor,
)

WORDS = ["model", "loss", "token", "layer", "batch", "head", "mask", "train", "test", "split"]
WORDS += list("模型损失批次掩码训练测试学率")
PADDING, UNKNOWN, CLS, SEP = range(4)
VOCABULARY = 41


def test_texts_become_a_padded_batch(sol, seed):
    rng = np.random.default_rng(seed)
    texts = [*_texts(rng, (3, 7, 5)), [], ["loss", "模", "型", "qqq", "loss"]]
    for some in (texts, texts[:1]):
        _encoded(sol, some, 29)


def test_long_texts_are_cut(sol, seed):
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(7, 12))
    _encoded(sol, _texts(rng, (longest + 9, 4, longest - 2, longest - 1)), longest)


def test_logits_are_raw_scores_of_classes(sol, seed):
    rng = np.random.default_rng(seed)
    sizes, batch = _sizes(rng), _batch(rng, (9, 4, 7, 12, 5))
    for classes in (2, int(rng.integers(6, 9))):
        got = sol.probe("forward", sizes, classes, batch)
        for name in ("whole", "loud"):
            shape(got[name], (5, classes), what="model(input_ids, attention_mask)")
        finite(got["whole"], what="model(input_ids, attention_mask)")
        _raw(np.asarray(got["whole"], np.float64), np.asarray(got["loud"]))


def test_padding_changes_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    batch = _batch(rng, (4, 11, 7, 13, 5))
    got = sol.probe("forward", _sizes(rng), 3, batch)
    shape(got["whole"], (5, 3), what="model(batch)")
    finite(got["whole"], what="model(batch)")
    whole = np.asarray(got["whole"])
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
    sizes, batch = _sizes(rng), _batch(rng, (6, 9, 4))
    half, none = (sol.probe("dropout", sizes, 5, batch, share) for share in (0.5, 0.0))
    shape(half["evaluation"][0], (3, 5), what="model.eval()(batch)")
    close(half["evaluation"][1], half["evaluation"][0], what="model.eval()(batch), again")
    differ(*half["training"], what="model.train()(batch), twice, with dropout=0.5")
    close(none["training"][0], none["evaluation"][0], what="model.train()(batch), with dropout=0.0")
    plain, tenth = sol.probe("default_dropout", sizes, 5, batch)
    close(plain, tenth, what="Classifier(encoder, classes).train()(batch), as with dropout=0.1")


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
    what = f"class_weights(labels with counts {counts}, 5)"
    close(got, np.array(want, np.float32), what=what)
    _torch(got, what)
    dtype(got, "float32", what=what)


def test_loss_is_weighted_cross_entropy(sol, seed):
    weights = np.random.default_rng(seed).uniform(0.2, 4.0, 3)
    for name, given in (("weights=None", None), ("weights", tensor(weights, "float32"))):
        labels, got = _one_step(sol, seed, given)
        want = _cross_entropy(got["first"][0], labels, np.ones(3) if given is None else weights)
        close(_losses(got["losses"], 1), [want], what=f"fine_tune(…, {name})", atol=1e-4)
    got = _still(sol, seed)
    parts = [_cross_entropy(x, np.full(6, c), np.ones(3)) for c, x in enumerate(got["first"])]
    what = "fine_tune(…, lr=0), two epochs of three batches"
    close(_losses(got["losses"], 2), np.full(2, np.mean(parts), np.float32), what=what, atol=1e-4)


def test_weights_outweigh_the_frequent_class(sol, seed):
    rng = np.random.default_rng(seed)
    batch = _batch(rng, (7,))
    same = {name: tensor(np.repeat(value, 13, axis=0), "int64") for name, value in batch.items()}
    labels = tensor([1] * 11 + [0] * 2, "int64")
    weights = tensor([13 / 4, 13 / 22], "float32")
    got = sol.probe("fine_tuned", (VOCABULARY, 16, 1, 2), 2, [(same, labels)], 20, 4e-3, weights)
    rare = _softmax(np.asarray(got["last"][0], np.float64))[0, 0]
    at_least(rare, 0.35, what="P(class 0) of a text seen 2 times as class 0, 11 times as class 1")
    at_most(rare, 0.65, what="P(class 0) of a text seen 2 times as class 0, 11 times as class 1")


def test_fine_tuning_changes_the_encoder(sol, seed):
    for part, largest in _tuned(sol, seed)["moved"].items():
        at_least(largest, 1e-5, what=f"largest change of the encoder's {part}")
    for part, largest in _one_step(sol, seed)[1]["moved"].items():
        at_most(largest, 1.2e-3, what=f"change of {part} by one step of AdamW with lr=1e-3")
    for part, largest in _still(sol, seed)["moved"].items():
        at_most(largest, 0.0, what=f"largest change of the encoder's {part} with lr=0")


def test_gradients_do_not_pile_up(sol, seed):
    got = _still(sol, seed)
    at_least(len(got["seen"]), 6, what="steps of the optimizer in 2 epochs of 3 batches")
    expect(
        all(gradient is not None and np.any(gradient) for gradient in got["alone"]),
        en="No gradient reaches the encoder.",
        zh="没有梯度到达编码器。",
    )
    alone = [_direction(gradient) for gradient in got["alone"]]
    for step, gradient in enumerate(got["seen"], 1):
        if gradient is None or not np.any(gradient):
            continue
        likest = max(float(np.sum(_direction(gradient) * one)) for one in alone)
        expect(
            likest > 0.97,
            en=f"At step {step} the gradient is no single batch's: that of earlier batches is still in it.",
            zh=f"第 {step} 步的梯度不是任何单个批次的梯度：其中还留有之前批次的梯度。",
        )


def test_fine_tuning_is_in_training_mode(sol, seed):
    modes = _tuned(sol, seed)["modes"]
    expect(modes, en="fine_tune never ran the encoder.", zh="fine_tune 从未运行过编码器。")
    expect(
        all(modes),
        en=f"The encoder was in evaluation mode in {modes.count(False)} of {len(modes)} forward passes.",
        zh=f"{len(modes)} 次前向中有 {modes.count(False)} 次编码器处于评估模式。",
    )


def test_24_texts_are_learnt(sol, seed):
    rng = np.random.default_rng(seed)
    texts, labels = _batch(rng, rng.integers(4, 10, 24)), rng.permutation([0, 1, 2] * 8)
    data = [(texts, tensor(labels, "int64"))]
    got = sol.probe("fine_tuned", (VOCABULARY, 64, 1, 2), 3, data, 30, 4e-3)
    losses = _losses(got["losses"], 30)
    finite(losses, what="fine_tune(…)")
    right = int(np.sum(np.argmax(got["last"][0], 1) == labels))
    at_least(right, 22, what="texts out of 24 classified right after fine_tune")
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


def test_device(on_device, seed):
    rng = np.random.default_rng(seed)
    sizes, weights = (VOCABULARY, 16, 1, 2), tensor([0.5, 1.0, 2.0], "float32")
    got = on_device.probe("fine_tuned", sizes, 3, _labelled(rng, 1), 1, 1e-3, weights)
    finite(got["losses"], what="fine_tune(model on a device, batches on the CPU, …)")
    got = on_device.probe("predicted", sizes, 3, [_batch(rng, (5, 9))], 0.0)
    finite(got["first"], what="predict(model on a device, batches on the CPU)")


def _sizes(rng):
    """Vocabulary, hidden, layers, heads: all different, and different from the rest."""
    heads = int(rng.integers(2, 4))
    return VOCABULARY, heads * int(rng.integers(8, 11)), 2, heads


def _texts(rng, lengths):
    return [rng.choice(WORDS, size=n).tolist() for n in lengths]


def _encoded(sol, texts, longest):
    """Check the encoding of texts, each given as its words."""
    joined = [" ".join(words) for words in texts]
    got = sol.probe("encoded", WORDS, joined, longest)
    expect(
        type(got) is dict,
        en="encode must return a dict (or the tokenizer's BatchEncoding) with input_ids and attention_mask.",
        zh="encode 应返回含 input_ids 和 attention_mask 的字典（或分词器的 BatchEncoding）。",
    )
    number = {word: place for place, word in enumerate(WORDS, SEP + 1)}
    rows = [[number.get(word, UNKNOWN) for word in words] for words in texts]
    ids = _rows([[CLS, *row[: longest - 2], SEP] for row in rows])
    for name, want in (("input_ids", ids), ("attention_mask", ids != PADDING)):
        what = f'encode(tokenizer, {len(texts)} texts, {longest})["{name}"]'
        shape(got[name], want.shape, what=what)
        close(got[name], want.astype(np.int64), what=what, rtol=0, atol=0)
        _torch(got[name], what)
        dtype(got[name], "int64", what=what)


def _rows(rows):
    """Return lists of different lengths as one array, padded with zeros."""
    ids = np.full((len(rows), max(map(len, rows))), PADDING, np.int64)
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return ids


def _batch(rng, lengths):
    """[CLS] words [SEP] padding."""
    ids = _rows([[CLS, *rng.integers(SEP + 1, VOCABULARY, n - 2), SEP] for n in lengths])
    return {"input_ids": tensor(ids, "int64"), "attention_mask": tensor(ids != PADDING, "int64")}


def _labelled(rng, count):
    """Batches of 12 texts of 3 classes."""
    return [
        (_batch(rng, rng.integers(4, 14, 12)), tensor(rng.permutation([0, 1, 2] * 4), "int64"))
        for _ in range(count)
    ]


def _tuned(sol, seed):
    rng = np.random.default_rng(seed)
    return sol.probe("fine_tuned", _sizes(rng), 3, _labelled(rng, 2), 2, 1e-3)


def _one_step(sol, seed, weights=None):
    """Return the labels of a batch, and what one epoch of that batch did."""
    rng = np.random.default_rng(seed)
    batch, labels = _batch(rng, (6, 9, 4, 8, 11, 5, 7)), rng.permutation([0, 0, 0, 0, 1, 2, 2])
    data = [(batch, tensor(labels, "int64"))]
    return labels, sol.probe("fine_tuned", _sizes(rng), 3, data, 1, 1e-3, weights)


def _still(sol, seed):
    """Fine-tune with lr=0 on three batches: the same texts, all labelled 0, then 1, then 2.

    Their gradients point in three directions, so that sums of them are easily told from one.
    """
    rng = np.random.default_rng(seed)
    texts = _batch(rng, rng.integers(4, 14, 6))
    data = [(texts, tensor([label] * 6, "int64")) for label in range(3)]
    return sol.probe("steps", _sizes(rng), 3, data, 2)


def _predicted(sol, seed, share):
    rng = np.random.default_rng(seed)
    batches = [_batch(rng, rng.integers(4, 13, rows)) for rows in (5, 6, 1)]
    return sol.probe("predicted", _sizes(rng), 3, batches, share)


def _torch(got, what):
    expect(
        getattr(got, "kind", "") == "torch",
        en=f"{what} must be a torch tensor.",
        zh=f"{what} 应为 torch 张量。",
    )


def _losses(losses, epochs):
    """Return the losses of fine_tune as an array, once they are one number for each epoch."""
    shape(losses, (epochs,), what=f"fine_tune(…) of {epochs} epochs")
    each = losses if isinstance(losses, list | tuple) else [losses]
    expect(
        not any(getattr(loss, "requires_grad", False) for loss in each),
        en="The losses still hold their graphs, and with them every activation: add up loss.item().",
        zh="返回的损失仍带着计算图，所有激活值都无法释放：累加时请用 loss.item()。",
    )
    return np.asarray(losses, np.float32)


def _raw(logits, loud):
    """Scores of any size: not bounded, as probabilities are, and not their logarithms."""
    log_sum = np.log(np.exp(np.clip(logits, -50, 50)).sum(1))
    expect(
        np.abs(log_sum).max() >= 1e-4,
        en="The rows are log-probabilities: log_softmax does not belong into the model.",
        zh="每一行都是对数概率：模型里不该有 log_softmax。",
    )
    expect(
        np.abs(loud).max() > 1,
        en="However large the head's weights, nothing leaves [-1, 1]: no softmax, sigmoid or tanh behind them.",
        zh="分类头的权重再大，输出也不超出 [-1, 1]：其后不该有 softmax、sigmoid 或 tanh。",
    )


def _softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _direction(gradient):
    values = np.asarray(gradient, np.float64)
    return values / np.sqrt((values**2).sum())


def _cross_entropy(logits, labels, weights):
    chosen = np.log(_softmax(np.asarray(logits, np.float64)))[np.arange(len(labels)), labels]
    share = weights[labels]
    return np.float32(-(share * chosen).sum() / share.sum())
