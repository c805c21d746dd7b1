"""What `prep grade text-transformer` asks: a check for each bug. Sizes are all different."""

import numpy as np

from prep.grading.checks import at_least, at_most, close, differ, equal, expect, shape

VOCABULARY, LENGTH, CLASSES, WIDTH = 23, 9, 3, 16
SIZES = (VOCABULARY, LENGTH, CLASSES, WIDTH)
EPOCHS = 8
TEXTS = (
    ("用哪种损失？", ["用", "哪", "种", "损", "失"]),
    ("BERT有110M参数", ["bert", "有", "110m", "参", "数"]),
    ("猫 chases 狗!", ["猫", "chases", "狗"]),
)


def test_chinese_is_segmented(sol):
    for text, tokens in TEXTS:
        equal(list(sol.tokenize(text)), tokens, what=f"tokenize({text!r})")


def test_unknown_tokens_keep_their_place(sol):
    vocabulary = {"cat": 2, "dog": 3, "bites": 4}
    texts = ["cat wildly bites dog", "the dog", "dog bites"]
    found = sol.encode(texts, vocabulary, 5)
    shape(found, (3, 5), what="encode(texts, vocabulary, 5)")
    wanted = [[2, 1, 4, 3, 0], [1, 3, 0, 0, 0], [3, 4, 0, 0, 0]]
    equal(np.asarray(found).tolist(), wanted, what="encode(texts, vocabulary, 5)")
    cut = sol.encode(["cat bites dog dog cat bites"], vocabulary, 4)
    equal(np.asarray(cut).tolist(), [[2, 4, 3, 3]], what="encode([longer], vocabulary, 4)")


def test_vocabulary_is_of_the_training_part(sol, seed):
    """Each text has a word of its own; its label is its number."""
    count = int(np.random.default_rng(seed).integers(50, 90))
    texts = [f"common own{number}" for number in range(count)]
    data = sol.prepare(texts, list(range(count)), 200, 4, seed % 1000)
    parts = {name: np.asarray(data[name][1]) for name in ("train", "valid", "test")}
    together = np.sort(np.concatenate(list(parts.values())))
    equal(together.tolist(), list(range(count)), what="sorted labels of all parts")
    for name in ("valid", "test"):
        close(len(parts[name]), count / 5, what=f'len(data["{name}"][1])', rtol=0.0, atol=1.01)
        at_least(np.ptp(parts[name]), len(parts[name]) + 2, what=f'spread of data["{name}"]')
    known = sorted(token for token in data["vocabulary"] if token.startswith("own"))
    wanted = sorted(f"own{number}" for number in parts["train"])
    equal(known, wanted, what='words in data["vocabulary"] that one text has')
    equal(data["vocabulary"]["common"], 2, what='data["vocabulary"]["common"]')
    ids, labels = data["train"]
    own = [data["vocabulary"][f"own{label}"] for label in np.asarray(labels).tolist()]
    equal(np.asarray(ids)[:, 1].tolist(), own, what='data["train"][0][:, 1]')
    again, other = (
        sol.prepare(texts, list(range(count)), 200, 4, (seed + step) % 1000)["test"][1]
        for step in (0, 1)
    )
    close(again, data["test"][1], what='data["test"][1], same seed')
    differ(np.sort(other), np.sort(data["test"][1]), what='data["test"][1], another seed')
    few = sol.prepare(texts, list(range(count)), 12, 4, seed % 1000)["vocabulary"]
    ids = sorted(int(number) for number in few.values())
    equal(ids, list(range(2, 12)), what="sorted(vocabulary.values()) for size 12")


def test_padding_gets_no_attention(sol, seed):
    q, k, v, real = _vectors(np.random.default_rng(seed))
    powers = np.exp(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5) * real[:, None, :]
    wanted = powers / powers.sum(-1, keepdims=True) @ v
    found = sol.probe("attended", q, k, v, real)
    shape(found, wanted.shape, what="attention(q, k, v, real)")
    close(found[real], wanted[real], what="attention(q, k, v, real)[real]", rtol=1e-3)


def test_pooling_leaves_padding_out(sol, seed):
    x, _, _, real = _vectors(np.random.default_rng(seed))
    wanted = np.stack([row[some].mean(0) for row, some in zip(x, real, strict=True)])
    close(sol.probe("pooled", x, real), wanted, what="pool(x, real)", rtol=1e-3)


def test_positions_tell_the_order(sol, seed):
    first, second = np.random.default_rng(seed).permutation(np.arange(2, VOCABULARY))[:2]
    ids = np.array([[first, second, first, second, first], [second] * 5], "int32")
    found = sol.probe("embedded", SIZES, ids)
    shape(found, (2, 5, WIDTH), what="embed(ids)")
    differ(found[0, 0], found[0, 2], what="embed(ids) of one token at two places")
    # The same place adds the same to each token.
    steps = np.asarray(found[:, 2:]) - np.asarray(found[:, :-2])
    close(steps[0], steps[1], what="embed(ids)[:, 2:] - embed(ids)[:, :-2]", atol=1e-5)
    at_least(np.abs(steps).max(-1).min(), 1e-4, what="|embed(ids)[:, 2:] - embed(ids)[:, :-2]|")
    tokens = np.asarray(found[0, 0]) - np.asarray(found[1, 0])
    at_least(np.abs(tokens).max(), 1e-4, what="|embed of one token - embed of another|")


def test_attention_reaches_the_answer(sol, seed):
    ids = np.random.default_rng(seed).integers(2, VOCABULARY, (4, LENGTH)).astype("int32")
    whole, without = sol.probe("with_and_without_attention", SIZES, ids)
    shape(whole, (4, CLASSES), what="model(ids)")
    differ(whole, without, what="model(ids), with and without attention")
    spread = float(np.ptp(np.asarray(without), axis=0).max())
    at_least(spread, 1e-6, what="spread of model(ids) over texts, without attention")


def test_validation_is_not_the_test(sol, seed):
    """First the labels of the test, then those of validation say something never learnt."""
    rng = np.random.default_rng(seed)
    for odd, last in (("test", True), ("valid", False)):
        data = {
            name: _shown(rng, count) for name, count in (("train", 64), ("valid", 32), ("test", 32))
        }
        data[odd][1][:] = CLASSES - 1
        found = sol.probe("trained", SIZES, data, EPOCHS)
        history = found["history"]
        equal(len(history), EPOCHS, what="len(train(…))")
        left = _cross_entropy(found["valid"], data["valid"][1])
        shown = ", ".join(f"{loss:.4f}" for loss in history)
        expect(
            abs(left - min(history)) <= 2e-3 * max(left, 1e-3),
            en="The model that train leaves has a loss of "
            f"{left:.4f} on the validation part; the history is {shown}.",
            zh=f"train 留下的模型在验证部分上的损失是 {left:.4f}，而历史是 {shown}。",
        )
        if last:  # this training must have learnt, the other one ends where it began
            learnt = _cross_entropy(found["train"], data["train"][1])
            at_most(learnt, 0.6, what="loss on the training part")


def _vectors(rng):
    """Return q, k, v (3, 7, 16), and which tokens are real."""
    q, k, v = (rng.normal(size=(3, 7, WIDTH)).astype("float32") for _ in range(3))
    return 2 * q, k, v, np.arange(7) < rng.permutation([3, 5, 6])[:, None]


def _shown(rng, count):
    """Texts that hold the word 2 or the word 3 thrice, which is their label."""
    ids, labels = rng.integers(4, 9, (count, 6)).astype("int32"), rng.integers(0, 2, count)
    ids[:, :3] = 2 + labels[:, None]
    return ids, labels


def _cross_entropy(logits, labels):
    logits = np.asarray(logits, "float64")
    logits = logits - logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return float(-logs[np.arange(len(labels)), labels].mean())
