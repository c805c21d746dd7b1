"""What `prep grade transformer-cls` asks. Sizes are all different, so that a swapped axis shows."""

from collections import Counter

import numpy as np

from prep.grading.checks import (
    at_least,
    at_most,
    close,
    differ,
    equal,
    expect,
    finite,
    shape,
)

VOCABULARY, LENGTH, CLASSES, WIDTH, HEADS = 43, 14, 3, 24, 3
SIZES = (VOCABULARY, LENGTH, CLASSES, WIDTH, HEADS)
EPOCHS, UNSEEN_EPOCHS = 10, 4  # what costs time is tracing: parts of whole batches of 32
TEXTS = (
    ("Which loss fits?", ["which", "loss", "fits"]),
    ("用哪种损失？", ["用", "哪", "种", "损", "失"]),
    (
        "BERT-base 有110M参数,GPT4更多",
        ["bert", "base", "有", "110m", "参", "数", "gpt4", "更", "多"],
    ),
    ("INT8量化：4x smaller!", ["int8", "量", "化", "4x", "smaller"]),
    ("  …… ", []),
)


def test_segmentation(sol):
    for text, tokens in TEXTS:
        equal(_listed(sol.segment(text)), tokens, what=f"segment({text!r})")


def test_vocabulary_holds_the_most_frequent(sol, seed):
    rng = np.random.default_rng(seed)
    words = [f"w{number}" for number in rng.permutation(30)] + list("天地玄黄宇宙洪荒")
    counts = {word: 2 + place for place, word in enumerate(rng.permutation(words))}
    tokens = rng.permutation([word for word, count in counts.items() for _ in range(count)])
    texts = [" ".join(part) for part in np.array_split(tokens, 40)]
    size = int(rng.integers(12, 28))
    wanted = {word for word, _ in Counter(counts).most_common(size - 2)}
    found = _vocabulary(sol.build_vocabulary(texts, size))
    equal(sorted(found), sorted(wanted), what=f"sorted(build_vocabulary(texts, {size}))")
    ids = sorted(int(number) for number in found.values())
    equal(ids, list(range(2, size)), what="sorted(vocabulary.values())")
    everything = _vocabulary(sol.build_vocabulary(texts, 1000))
    equal(len(everything), len(words), what="len(build_vocabulary(texts, 1000))")


def test_encoding_pads_and_cuts(sol):
    vocabulary = {"loss": 2, "损": 3, "失": 4, "which": 5}
    texts = ["Which loss?", "损失 of a loss", "", "which 损失 which 失 loss"]
    wanted = [[5, 2, 0, 0], [3, 4, 1, 1], [0, 0, 0, 0], [5, 3, 4, 5]]
    found = sol.encode(texts, vocabulary, 4)
    shape(found, (4, 4), what="encode(texts, vocabulary, 4)")
    _integers(found, "encode(texts, vocabulary, 4)")
    equal(np.asarray(found).tolist(), wanted, what="encode(texts, vocabulary, 4)")
    shape(sol.encode(texts[:1], vocabulary, 6), (1, 6), what="encode(texts[:1], vocabulary, 6)")


def test_parts_share_no_text(sol, seed):
    found, count = _prepared(sol, seed)
    numbers = {}
    for name, share in (("train", 0.7), ("valid", 0.15), ("test", 0.15)):
        ids, labels = _part(found, name)
        numbers[name] = _numbers(found, ids)
        at_most(abs(len(labels) - share * count), 2, what=f'|len(data["{name}"]) - {share} * n|')
        close(labels, numbers[name] % 4, what=f'labels of data["{name}"]')
    together = np.sort(np.concatenate(list(numbers.values())))
    equal(together.tolist(), list(range(count)), what="sorted(train + valid + test)")


def test_parts_are_drawn_by_the_seed(sol, seed):
    """The texts come sorted by number: whoever does not mix has the last ones in one part."""
    number = seed % 1000
    first, again, other = (_drawn(sol, seed, chosen) for chosen in (number, number, number + 1))
    close(again, first, what='data["test"], same seed')
    expect(
        set(first.tolist()) != set(other.tolist()),
        en="Another seed gives the same test part.",
        zh="换了种子，测试部分却没有变。",
    )
    for name, texts in (("test", first), ("valid", _drawn(sol, seed, number, "valid"))):
        spread = float(np.ptp(texts))
        at_least(spread, 2 * len(texts), what=f"max - min of the numbers in {name}")


def test_vocabulary_is_of_the_training_part(sol, seed):
    found, count = _prepared(sol, seed)
    vocabulary = _vocabulary(found["vocabulary"])
    train = {f"u{number}" for number in _numbers(found, _part(found, "train")[0])}
    known = {token for token in vocabulary if token.startswith("u")}
    expect(
        not known - train,
        en=f"The vocabulary holds {len(known - train)} words that no training text has.",
        zh=f"词表里有 {len(known - train)} 个训练文本中没有的词。",
    )
    equal(len(known), len(train), what="training words in the vocabulary")
    for name in ("valid", "test"):
        ids, _ = _part(found, name)
        equal(set(ids[:, 3].tolist()), {1}, what=f'ids of new words in data["{name}"]')


def test_attention_is_the_formula(sol, seed):
    _compare_attention(sol, seed, 1)


def test_heads_are_slices_of_the_width(sol, seed):
    _compare_attention(sol, seed, int(np.random.default_rng(seed).choice([2, 4])))


def test_padding_gets_no_weight(sol, seed):
    rng = np.random.default_rng(seed)
    q, k, v, mask = _vectors(rng)
    # Padding has by far the highest scores.
    k = np.where(
        mask[:, :, None], k - 3 * np.sign(q.mean(1))[:, None], k + 40 * np.sign(q.mean(1))[:, None]
    )
    outputs, weights = sol.probe("attended", q, k.astype("float32"), v, mask, 2)
    shape(weights, (3, 2, 7, 7), what="weights")
    hidden = np.broadcast_to(~mask[:, None, None, :], weights.shape)
    close(np.asarray(weights)[hidden], np.zeros(hidden.sum()), what="weights[padding]", atol=1e-7)
    close(np.asarray(weights).sum(-1), np.ones((3, 2, 7)), what="weights.sum(-1)", rtol=1e-4)
    v = np.where(mask[:, :, None], v, 1000).astype("float32")
    again, _ = sol.probe("attended", q, k.astype("float32"), v, mask, 2)
    close(again, outputs, what="outputs with other values in the padding")


def test_model_gives_probabilities(sol, seed):
    ids = np.random.default_rng(seed).integers(2, VOCABULARY, (5, LENGTH)).astype("int32")
    (found,) = sol.probe("outputs", SIZES, [ids], seed)
    shape(found, (5, CLASSES), what="model(ids)")
    close(np.asarray(found).sum(-1), np.ones(5), what="model(ids).sum(-1)", rtol=1e-4)
    at_least(float(np.min(found)), 0.0, what="model(ids).min()")


def test_model_attends_with_its_heads(sol, seed):
    found = sol.probe("calls", SIZES)
    at_least(len(found), 1, what="calls of attention")
    wanted = [(WIDTH, HEADS)]
    equal(sorted({tuple(call) for call in found}), wanted, what="(q.shape[-1], heads) in attention")
    ids = np.random.default_rng(seed).integers(2, VOCABULARY, (5, LENGTH)).astype("int32")
    whole, without = sol.probe("without_attention", SIZES, ids, seed)
    differ(whole, without, what="model(ids), with and without attention")


def test_order_matters(sol, seed):
    """First and last token stay, so that it is not enough to look at these."""
    rng = np.random.default_rng(seed)
    ids = np.array([rng.permutation(np.arange(2, VOCABULARY))[:LENGTH] for _ in range(6)], "int32")
    mixed = ids.copy()
    mixed[:, 1:-1] = ids[:, rng.permutation(np.arange(1, LENGTH - 1))]
    before, after = _logs(sol.probe("outputs", SIZES, [ids, mixed], seed))
    at_least(np.abs(before - after).max(), 1e-3, what="|log model(ids) - log model(mixed)|.max()")


def test_padding_changes_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.permutation([1, 2, 4, 5, 8])
    ids = np.stack([_text(rng, length, LENGTH) for length in lengths])
    batches = [ids, ids[:, :9]] + [ids[i : i + 1, :n] for i, n in enumerate(lengths)]
    whole, shorter, *alone = _logs(sol.probe("outputs", SIZES, batches, seed))
    close(shorter, whole, what="log model(ids[:, :9])", rtol=1e-3, atol=1e-4)
    close(
        np.concatenate(alone), whole, what="log model(text without padding)", rtol=1e-3, atol=1e-4
    )


def test_text_without_words(sol, seed):
    """Nothing known is something else than nothing."""
    ids = np.zeros((2, LENGTH), "int32")
    ids[1, :3] = 1
    (found,) = sol.probe("outputs", SIZES, [ids], seed)
    finite(found, what="model(ids)")
    differ(found[0], found[1], what="model([[0, 0, 0, …], [1, 1, 1, …]])")


def test_learns_an_order(sol, seed):
    result = _clean_run(sol, seed)
    _, labels = _order_task(np.random.default_rng(seed + 2), 300)
    shape(result["after"], (300, CLASSES), what="model(ids)")
    right = np.argmax(result["after"], -1) == labels
    at_least(float(right.mean()), 0.8, what="accuracy on texts never seen")


def test_history_is_of_the_validation_part(sol, seed):
    """Whichever epoch's weights are left in the model: its val_loss can be measured again."""
    result, data = _unseen_run(sol, seed)
    losses = _losses(result, "val_loss", UNSEEN_EPOCHS)
    _losses(result, "loss", UNSEEN_EPOCHS)
    left = _cross_entropy(result["valid"], data["valid"][1])
    shown = ", ".join(f"{loss:.4f}" for loss in losses)
    expect(
        any(abs(loss - left) <= 2e-3 * left for loss in losses),
        en=f"The model that train leaves has a cross-entropy of {left:.4f} on the validation part; "
        f'"val_loss" tells {shown}.',
        zh=f'train 留下的模型在验证部分上的交叉熵是 {left:.4f}，而 "val_loss" 是 {shown}。',
    )


def test_best_weights_stay(sol, seed):
    result, data = _unseen_run(sol, seed)
    losses = _losses(result, "val_loss", UNSEEN_EPOCHS)
    left = _cross_entropy(result["valid"], data["valid"][1])
    close(left, min(losses), what="cross_entropy(model(valid), labels)", rtol=2e-3)


def test_only_the_training_part_is_learnt(sol, seed):
    """A class that is not in the training part becomes less likely, not more."""
    result, _ = _unseen_run(sol, seed)
    likely = [float(np.mean(result[name][:, CLASSES - 1])) for name in ("before", "after")]
    at_most(likely[1], likely[0] + 0.05, what="mean(model(ids)[:, class_never_trained])")


def test_accuracy_is_of_the_test_part(sol, seed):
    result, data = _unseen_run(sol, seed)
    wanted = float((np.argmax(result["test"], -1) == data["test"][1]).mean())
    slack = 1.5 / len(data["test"][1])  # one text near a tie
    close(result["test_accuracy"], wanted, what='["test_accuracy"]', rtol=0.0, atol=slack)


def _listed(tokens):
    expect(
        isinstance(tokens, list | tuple),
        en="segment(text) should return a list of tokens.",
        zh="segment(text) 应当返回 token 的列表。",
    )
    return list(tokens)


def _vocabulary(found):
    expect(
        isinstance(found, dict),
        en="The vocabulary should be a dict from token to id.",
        zh="词表应当是从 token 到 id 的字典。",
    )
    return found


def _integers(ids, what):
    expect(
        isinstance(ids, np.ndarray) and ids.dtype.kind in "iu",
        en=f"{what} should be an array of integers.",
        zh=f"{what} 应当是整数数组。",
    )


def _prepared(sol, seed, drawn=None):
    """Return what `prepare` makes of numbered texts, sorted by number, and how many there are.

    A text says its number in two words that many texts have, and in one of its own.
    """
    count = 20 * int(np.random.default_rng(seed).integers(15, 19))
    texts = [f"a{number // 20}，b{number % 20} c。U{number}" for number in range(count)]
    labels = [number % 4 for number in range(count)]
    found = sol.prepare(texts, labels, 2000, 6, seed % 1000 if drawn is None else drawn)
    names = {"vocabulary", "train", "valid", "test"}
    expect(
        isinstance(found, dict) and names <= set(found),
        en='prepare(…) should return a dict with "vocabulary", "train", "valid" and "test".',
        zh='prepare(…) 应当返回含 "vocabulary"、"train"、"valid"、"test" 的字典。',
    )
    return found, count


def _part(found, name):
    part = found[name]
    expect(
        isinstance(part, list | tuple) and len(part) == 2 and np.ndim(part[0]) == 2,
        en=f'data["{name}"] should be a pair: ids (n, length) and labels (n,).',
        zh=f'data["{name}"] 应当是一对：ids (n, length) 与标签 (n,)。',
    )
    ids, labels = np.asarray(part[0]), np.asarray(part[1])
    _integers(ids, f'data["{name}"][0]')
    shape(ids, (len(labels), 6), what=f'data["{name}"][0]')
    return ids, labels


def _numbers(found, ids):
    """Return the number of each text: what its first tokens say."""
    known = {int(number): token for token, number in _vocabulary(found["vocabulary"]).items()}
    told = [[known.get(number, "") for number in row[:3]] for row in ids.tolist()]
    expect(
        all([token[:1] for token in row] == ["a", "b", "c"] for row in told),
        en="The ids of a part are not those of the texts and the vocabulary.",
        zh="某一部分的 id 与文本和词表对不上。",
    )
    return np.array([20 * int(row[0][1:]) + int(row[1][1:]) for row in told], dtype=int)


def _drawn(sol, seed, chosen, name="test"):
    found, _ = _prepared(sol, seed, chosen)
    return _numbers(found, _part(found, name)[0])


def _vectors(rng):
    """Return q, k, v (3, 7, 8), and a mask with padding at the end."""
    q, k, v = (rng.normal(size=(3, 7, 8)).astype("float32") for _ in range(3))
    lengths = rng.permutation([3, 5, 6])
    return q, k, v, np.arange(7) < lengths[:, None]


def _compare_attention(sol, seed, heads):
    rng = np.random.default_rng(seed)
    q, k, v, mask = _vectors(rng)
    wanted, shares = _attention(2 * q, k, v, mask, heads)
    outputs, weights = sol.probe("attended", 2 * q, k, v, mask, heads)
    shape(weights, (3, heads, 7, 7), what="weights")
    close(weights, shares, what="weights", rtol=1e-3)
    close(outputs, wanted, what="outputs", rtol=1e-3)


def _attention(q, k, v, mask, heads):
    outputs, weights = [], []
    for part in np.split(np.arange(q.shape[-1]), heads):
        a, b, c = (x[:, :, part].astype("float64") for x in (q, k, v))
        powers = np.exp(a @ b.transpose(0, 2, 1) / len(part) ** 0.5) * mask[:, None, :]
        weights.append(powers / powers.sum(-1, keepdims=True))
        outputs.append(weights[-1] @ c)
    return np.concatenate(outputs, -1), np.stack(weights, 1)


def _text(rng, length, width):
    ids = np.zeros(width, "int32")
    ids[:length] = rng.integers(1, VOCABULARY, length)
    return ids


def _logs(outputs):
    for found in outputs:
        finite(found, what="model(ids)")
    return [np.log(np.maximum(np.asarray(found, "float64"), 1e-30)) for found in outputs]


def _order_task(rng, count):
    """Texts with the words 2 and 3 among others; the label says which of the two comes first."""
    ids, labels = np.zeros((count, LENGTH), "int32"), rng.integers(0, 2, count)
    for row, label in zip(ids, labels, strict=True):
        length = rng.integers(6, LENGTH + 1)
        row[:length] = rng.integers(4, 20, length)
        row[np.sort(rng.permutation(length)[:2])] = (2, 3) if label == 0 else (3, 2)
    return ids, labels


def _clean_run(sol, seed):
    rng = np.random.default_rng(seed + 1)
    data = {
        name: _order_task(rng, count)
        for name, count in (("train", 640), ("valid", 128), ("test", 96))
    }
    others, _ = _order_task(np.random.default_rng(seed + 2), 300)
    return sol.probe("training", SIZES, data, EPOCHS, others)


def _unseen_run(sol, seed):
    """The last class stands in validation and test only: val_loss soon rises, but for a cheat."""
    rng = np.random.default_rng(seed + 3)
    data = {
        name: _order_task(rng, count)
        for name, count in (("train", 320), ("valid", 128), ("test", 96))
    }
    data["valid"][1][rng.permutation(128)[:100]] = CLASSES - 1
    data["test"][1][rng.permutation(96)[:15]] = CLASSES - 1
    others, _ = _order_task(rng, 100)
    return sol.probe("training", SIZES, data, UNSEEN_EPOCHS, others), data


def _losses(result, name, epochs):
    shape(result[name], (epochs,), what=f'train(…)["{name}"]')
    finite(result[name], what=f'train(…)["{name}"]')
    return np.asarray(result[name]).tolist()


def _cross_entropy(probabilities, labels):
    picked = np.asarray(probabilities, "float64")[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(picked, 1e-7, 1)).mean())
