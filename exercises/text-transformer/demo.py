"""Trains the file on sentences in two languages: who is chased? A count of words cannot tell."""

import numpy as np
import tensorflow as tf

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

SIZE, LENGTH = 80, 16
ENGLISH, CHINESE = ("cat", "dog", "fox", "hen"), "猫狗狐鸡"
HEALTHY = "1.00"  # the accuracy on the test that the reference has with --quick


def demo(solution, stage):
    """Yield what the file does with the sentences, and where it goes wrong."""
    texts, labels = _sentences(600, stage.seed)
    yield Say(
        Text(
            f"Data: {len(texts)} sentences made anew, such as “{texts[0]}” and “{texts[1]}”; "
            "the label is who is chased.",
            f"数据：现场生成的 {len(texts)} 个句子，例如“{texts[0]}”和“{texts[1]}”；标签是被追的动物。",
        )
    )
    data = solution.prepare(texts, labels, SIZE, LENGTH, stage.seed)
    model = solution.TextTransformer(SIZE, LENGTH, len(ENGLISH))
    epochs, path = stage.steps(quick=12, full=40), stage.folder / "weights.npz"
    try:
        for epoch in range(1, epochs + 1):
            history = solution.train(model, data, 1, lr=0.003)
            yield Metric("loss, valid, as told", epoch, history[-1])
            yield Metric("loss, train", epoch, _loss(model, *data["train"]))
            yield Progress(Text("training epochs", "训练轮数"), epoch, epochs)
    finally:  # Ctrl-C too
        arrays = {str(place): np.asarray(each) for place, each in enumerate(model.variables)}
        np.savez(path.with_name("new.npz"), **arrays)
        path.with_name("new.npz").replace(path)
        yield Artefact(str(path))
    yield _answers(solution, model, data)
    yield from _facts(solution, model, data, texts)


def _sentences(count, seed):
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(count):
        hunter, hunted = rng.permutation(4)[:2]
        if number % 2:
            lead = rng.choice(["今天", "昨天", "在院子里", "听说"])
            texts.append(f"{lead}{CHINESE[hunter]}追着{CHINESE[hunted]}跑。")
        else:
            lead = rng.choice(["Today the", "In the yard a", "Look, the", "They say a"])
            texts.append(f"{lead} {ENGLISH[hunter]} chases the {ENGLISH[hunted]}.")
        labels.append(int(hunted))
    return texts, labels


def _answers(solution, model, data):
    """Return what is said of two sentences, turned round and with more padding."""
    pairs = [
        ("Today the cat chases the dog.", "Today the dog chases the cat."),
        ("今天猫追着狗跑。", "今天狗追着猫跑。"),
    ]
    lines = []
    for text, turned in pairs:
        found = [
            _said(model, solution.encode([some], data["vocabulary"], width))
            for some, width in ((text, 8), (turned, 8), (text, LENGTH))
        ]
        lines.append((text, *found))
    head = (Text("sentence", "句子"), Text("who is chased", "被追的是"))
    head += (Text("turned round", "前后对调"), Text("with more padding", "加长填充"))
    return Table(Text("What the model says", "模型的回答"), head, tuple(lines))


def _said(model, ids):
    shares = tf.nn.softmax(model(tf.constant(ids)))[0].numpy()
    best = int(shares.argmax())
    return f"{ENGLISH[best]} {CHINESE[best]} {shares[best]:.3f}"


def _facts(solution, model, data, texts):
    ids, labels = data["test"]
    right = np.argmax(model(tf.constant(ids)), -1) == labels
    yield Fact(
        Text(
            "accuracy, test (a healthy file: " + HEALTHY + ")",
            "测试准确率（正常：" + HEALTHY + "）",
        ),
        f"{right.mean():.3f}",
    )
    known = set(data["vocabulary"])
    mean = np.mean([len(solution.tokenize(text)) for text in texts[1::2]])
    yield Fact(
        Text("tokens of a Chinese sentence (healthy: 7.6)", "每个中文句子的 token 数（正常：7.6）"),
        f"{mean:.1f}",
    )
    yield Fact(Text("tokens in the vocabulary", "词表中的 token 数"), str(len(known)))
    told, real = solution.train(model, data, 1, lr=0.003)[-1], _loss(model, *data["valid"])
    yield Fact(
        Text(
            "validation loss: told by train / measured after it",
            "验证损失：train 所报 / 训练后所量",
        ),
        f"{told:.4f} / {real:.4f}",
    )
    yield Fact(
        Text("parameters", "参数量"), f"{sum(int(np.prod(v.shape)) for v in model.variables):,}"
    )
    yield Fact(Text("data", "数据"), Text("sentences made anew", "现场生成的句子"))


def _loss(model, ids, labels):
    logits = model(tf.constant(ids))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.constant(labels), logits)
    return float(tf.reduce_mean(losses))
