"""The checks of the hunt, one for each bug; their titles and what they teach: exercise.yaml."""

import numpy as np

from prep.grading.checks import at_least, at_most, close, differ, equal, expect, shape, tensor

PAD, UNK, CLS, SEP = range(4)
WORDS = [
    "rain",
    "snow",
    "wind",
    "fog",
    "hail",
    "sun",
    "storm",
    "frost",
    "dew",
    "cloud",
    "ice",
    "heat",
]
VOCABULARY = {
    word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])
}
# Sums of float32, compared with sums of float64.
ENOUGH = 1e-5
PEAK = 50.0  # a logit beside which all others are nothing


def _text(rng, size):
    return " ".join(str(word) for word in rng.choice(WORDS, size=size))


def _rows(batch, what):
    """The rows of a batch without their padding, as lists; the mask must say where that is."""
    ids, mask = (np.asarray(batch[key]) for key in ("input_ids", "attention_mask"))
    for key in ("input_ids", "attention_mask"):
        equal(batch[key].dtype_name, "int64", what=f"{what}[{key!r}].dtype")
    shape(mask, ids.shape, what=f"{what}['attention_mask']")
    equal(mask.tolist(), (ids != PAD).astype(int).tolist(), what=f"{what}['attention_mask']")
    return [[int(number) for number in row if number != PAD] for row in ids]


def test_unknown_words_are_unknown(sol, seed):
    rng = np.random.default_rng(seed)
    texts = [_text(rng, 3) + " drizzle", "Sleet " + _text(rng, 1), "smog mist " + _text(rng, 2)]
    texts[0] = texts[0].title()  # case does not matter
    batch = sol.probe("encoded", texts, VOCABULARY, 30)
    what = f"encode({texts})"
    ids = np.asarray(batch["input_ids"]).tolist()
    for row, text in enumerate(texts):
        words = [VOCABULARY.get(word, UNK) for word in text.lower().split()]
        wanted = [CLS, *words, SEP]
        equal(ids[row][: len(wanted)], wanted, what=f"{what}['input_ids'][{row}]")
    _rows(batch, what)


def test_truncation_keeps_the_ends(sol, seed):
    rng = np.random.default_rng(seed)
    for sizes, longest in (((9, 2, 12, 6), 8), ((3, 1, 5), 8), ((6, 7), 8)):
        texts = [_text(rng, size) for size in sizes]
        batch = sol.probe("encoded", texts, VOCABULARY, longest)
        what = f"encode(texts, max_length={longest}), texts of {list(sizes)} words"
        width = min(longest, max(sizes) + 2)
        shape(batch["input_ids"], (len(texts), width), what=f"{what}['input_ids']")
        for row, (got, text) in enumerate(zip(_rows(batch, what), texts, strict=True)):
            words = [VOCABULARY[word] for word in text.split()][: longest - 2]
            equal(got, [CLS, *words, SEP], what=f"{what}['input_ids'][{row}], without padding")


def test_padding_changes_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.permutation([4, 9, 6])
    ids = rng.integers(4, 20, size=(3, 9))
    there = np.arange(9) < lengths[:, None]
    batch = {
        "input_ids": tensor(np.where(there, ids, PAD), "int64"),
        "attention_mask": tensor(there, "int64"),
    }
    facts = sol.probe("forward", (20, 16, 1, 2), 5, batch)
    what = "logits of the batch, of each text alone and without padding"
    close(facts["together"], facts["alone"], atol=1e-5, what=what)
    differ(facts["alone"][0], facts["alone"][1], what="logits[0], logits[1]")


def test_one_logit_for_each_class(sol, seed):
    rng = np.random.default_rng(seed)
    states, others = (tensor(rng.normal(size=(3, 6, 16)), "float32") for _ in range(2))
    pooled = tensor(np.tanh(rng.normal(size=(3, 16))), "float32")
    facts = sol.probe("headed", states, pooled, others, 5)
    shape(facts["plain"], (3, 5), what="logits")
    what = "logits, with other states after that of [CLS]"
    close(facts["rest"], facts["plain"], what=what)
    for row in range(3):
        differ(
            facts["first"][row], facts["plain"][row], what=f"logits[{row}], other state of [CLS]"
        )
    largest = float(np.abs(np.asarray(facts["loud"])).max())
    at_least(largest, 1.5, what="abs(logits).max(), weights of the head × 30")


def _asked(sol, table, texts, label_ids, **options):
    return sol.probe("predicted", tensor(table, "float32"), texts, VOCABULARY, label_ids, **options)


def _peaks(n_classes, words):
    """A table in which word number i means class i, clearly."""
    table = np.zeros((len(VOCABULARY), n_classes))
    for place, word in enumerate(words):
        table[VOCABULARY[word], place] = PEAK
    return table


def test_prediction_is_in_eval_mode(sol, seed):
    rng = np.random.default_rng(seed)
    texts = [_text(rng, 2) for _ in range(7)]
    table = rng.normal(size=(len(VOCABULARY), 3))
    facts = _asked(sol, table, texts, {"a": 0, "b": 1, "c": 2}, batch_size=3)
    at_least(len(facts["calls"]), 1, what="predict(…): model(…) × n")
    expect(
        not any(training for training, _, _ in facts["calls"]),
        en="`predict` ran the model in training mode: dropout is on.",
        zh="`predict` 在训练模式下运行了模型：dropout 开着。",
    )
    expect(
        not any(gradients for _, gradients, _ in facts["calls"]),
        en="`predict` ran the model with gradients on: it builds a graph that nobody needs.",
        zh="`predict` 运行模型时没有关闭梯度：白白构建了计算图。",
    )
    most = max(size for _, _, size in facts["calls"])
    at_most(most, 3, what="predict(…, batch_size=3): max(len(input_ids)) in model(…)")
    seen = sum(size for _, _, size in facts["calls"])
    equal(seen, 7, what="predict(…), 7 texts: sum(len(input_ids)) in model(…)")


def test_names_follow_their_ids(sol, seed):
    rng = np.random.default_rng(seed)
    words = [str(word) for word in rng.permutation(WORDS)[:4]]
    texts = [f"{word} {_text(rng, 1)}" for word in words]  # text number i is of class i
    # By id they are neither in the order of the alphabet nor in that of the dict.
    names = ["spam", "news", "work", "home"]
    label_ids = {names[place]: place for place in (2, 0, 3, 1)}
    facts = _asked(sol, _peaks(4, words), texts, label_ids)
    equal(
        facts["names"], names, what=f"predict(…, label_ids={label_ids}), classes 0, 1, 2, 3: names"
    )


def test_results_follow_the_texts(sol, seed):
    rng = np.random.default_rng(seed)
    words = [str(word) for word in rng.permutation(WORDS)[:8]]
    sizes = [5, 2, 7, *(int(size) for size in rng.permutation([1, 3, 6, 4, 8]))]
    texts = [f"{word} {_text(rng, size)}" for word, size in zip(words, sizes, strict=True)]
    names = ["a", "b", "c", "d", "e", "f", "g", "h"]
    label_ids = {name: place for place, name in enumerate(names)}
    for batch_size in (8, 3):
        facts = _asked(sol, _peaks(8, words), texts, label_ids, batch_size=batch_size)
        what = (
            f"predict(…, batch_size={batch_size}), texts of {[s + 1 for s in sizes]} words: names"
        )
        equal(facts["names"], names, what=what)


def test_shares_are_over_the_classes(sol, seed):
    rng = np.random.default_rng(seed)
    table = 2 * rng.normal(size=(len(VOCABULARY), 5))
    texts = [_text(rng, 3) for _ in range(5)]
    label_ids = {name: place for place, name in enumerate("abcde")}
    rows = table.astype("float32").astype(float)[[VOCABULARY[text.split()[0]] for text in texts]]
    shares = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    for options in ({}, {"batch_size": 2}):
        facts = _asked(sol, table, texts, label_ids, **options)
        what = f"predict(…{', batch_size=2' if options else ''}): probabilities"
        equal(len(facts["shares"]), 5, what=f"len({what})")
        for place, share in enumerate(facts["shares"]):
            close(share, float(shares[place].max()), rtol=ENOUGH, what=f"{what}[{place}]")
