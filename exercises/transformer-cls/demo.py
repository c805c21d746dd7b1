"""Two tasks on texts of the bank, each for your transformer and for a bag of words."""

import json
import threading
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

SIZE, LENGTH, PIECE = 1500, 64, 8
EPOCHS = {"order": 5, "topic": 10}  # three times as many without --quick
BATCH = 32  # what `fit` takes when it is told nothing
TASKS = {
    "order": Text("forwards or backwards?", "正着读还是倒着读？"),
    "topic": Text("which of 12 topics?", "12 个主题中的哪个？"),
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    if stage.device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    keras.utils.disable_interactive_logging()
    rows = [json.loads(line) for line in _lines()]
    yield Say(
        Text(
            f"Data: {len(rows)} texts of the bank, English and Chinese. First task: pieces of "
            f"{PIECE} tokens, half of them backwards; which ones? No count of words can tell. "
            "Second task: the topic of a text.",
            f"数据：题库中的 {len(rows)} 段中英文文本。第一个任务：{PIECE} 个 token 的片段，一半倒着写，"
            "判断是哪些，数词帮不上忙。第二个任务：判断文本的主题。",
        )
    )
    prepared = {
        "order": _order(solution, rows, stage.seed),
        "topic": _topics(solution, rows, stage.seed),
    }
    results, parameters = [], 0
    for task, (data, classes) in prepared.items():
        epochs = EPOCHS[task] if stage.quick else 3 * EPOCHS[task]
        for name in ("transformer", "bag of words"):
            keras.utils.set_random_seed(stage.seed)
            model = (
                solution.build_model(SIZE, LENGTH, classes)
                if name == "transformer"
                else _bag(classes)
            )
            model.jit_compile = False  # to compile these small steps takes longer than they do
            told = yield from _trained(solution, model, data, epochs, (task, name), stage)
            results.append((task, name, data, told))
            parameters = max(parameters, model.count_params())
    yield _table(results)
    yield from _facts(solution, rows, prepared, stage, parameters)


def _lines():
    return (Path(__file__).parent / "data.jsonl").read_text(encoding="utf-8").splitlines()


def _order(solution, rows, seed):
    """Return parts for: does a piece of text run forwards (1) or backwards (0)?"""
    pieces = []
    for row in rows:
        tokens = solution.segment(row["text"])
        pieces += [tokens[at : at + PIECE] for at in range(0, len(tokens) - PIECE + 1, PIECE)]
    labels = np.random.default_rng(seed).permutation(np.arange(len(pieces)) % 2)
    texts = [
        " ".join(piece if forwards else piece[::-1])
        for piece, forwards in zip(pieces, labels, strict=True)
    ]
    return solution.prepare(texts, labels, SIZE, LENGTH, seed), 2


def _topics(solution, rows, seed):
    """Return parts for the topics, drawn by question: no text has its translation elsewhere."""
    groups = sorted({row["group"] for row in rows})
    names = sorted({row["topic"] for row in rows})
    order = np.random.default_rng(seed).permutation(len(groups))
    held = round(0.15 * len(groups))
    place = {
        groups[i]: "valid" if n < held else "test" if n < 2 * held else "train"
        for n, i in enumerate(order)
    }
    found = {
        name: [row for row in rows if place[row["group"]] == name]
        for name in ("train", "valid", "test")
    }
    vocabulary = solution.build_vocabulary([row["text"] for row in found["train"]], SIZE)
    data = {"vocabulary": vocabulary}
    for name, some in found.items():
        ids = solution.encode([row["text"] for row in some], vocabulary, LENGTH)
        data[name] = ids, np.array([names.index(row["topic"]) for row in some])
    return data, len(names)


def _bag(classes):
    """Return what some call a transformer: embedding, mean over the real tokens, dense."""
    layers = [
        keras.Input((None,), dtype="int32"),
        keras.layers.Embedding(SIZE, 32, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(classes, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    return model


def _trained(solution, model, data, epochs, name, stage):
    """Train in a thread, and look at Keras' history and the optimizer's counter meanwhile."""
    answer = {}

    def work():
        try:
            answer["told"] = solution.train(model, data, epochs)
        except BaseException as error:  # raised again below
            answer["error"] = error

    total = epochs * -(-len(data["train"][1]) // BATCH)
    label = Text(f"training steps: {', '.join(name)}", f"训练步数：{', '.join(name)}")
    thread = threading.Thread(target=work, daemon=True)
    told, shown = 0, -1
    try:
        thread.start()
        while thread.is_alive():
            thread.join(0.3)
            history = getattr(getattr(model, "history", None), "history", {})
            told = yield from _points(history, told, name)
            done = min(int(model.optimizer.iterations), total)
            if done != shown:
                yield Progress(label, done, total)
            shown = done
        if "error" in answer:
            raise answer["error"]
        yield from _points(answer["told"], told, name)
        yield Progress(label, total, total)
    finally:  # Ctrl-C too: what has been learnt so far is kept
        model.stop_training = True
        yield _kept(model, stage.folder / f"{'-'.join(name).replace(' ', '-')}.weights.h5")
    return answer["told"]


def _kept(model, path):
    new = path.with_name("new.weights.h5")
    model.save_weights(new)
    new.replace(path)
    return Artefact(str(path))


def _points(history, told, name):
    """Yield the losses of the epochs that have ended since; return how many there are now."""
    losses, val_losses = list(history.get("loss", ())), list(history.get("val_loss", ()))
    known = min(len(losses), len(val_losses))
    for epoch in range(told, known):
        for kind, value in (("loss", losses[epoch]), ("val loss", val_losses[epoch])):
            yield Metric(f"{kind} of {name[0]}, {name[1]}", epoch + 1, float(value))
    return max(told, known)


def _table(results):
    """Return what each model gets right, beside always saying the most frequent class."""
    lines = []
    for task, name, data, told in results:
        counts = np.bincount(data["test"][1])
        best = int(np.argmin(told["val_loss"])) + 1
        line = (TASKS[task], name, f"{counts.max() / counts.sum():.3f}", str(best))
        lines.append((*line, f"{told['test_accuracy']:.3f}"))
    head = (
        Text("task", "任务"),
        Text("model", "模型"),
        Text("most frequent class", "总猜最常见的类"),
    )
    head += (Text("best epoch", "最佳轮次"), Text("test accuracy", "测试准确率"))
    return Table(Text("Texts of the test part", "测试部分的文本"), head, tuple(lines))


def _facts(solution, rows, prepared, stage, parameters):
    for task, (data, _) in prepared.items():
        sizes = " / ".join(str(len(data[part][1])) for part in ("train", "valid", "test"))
        unknown = float((data["test"][0] == 1).sum() / (data["test"][0] > 0).sum())
        yield Fact(
            Text(
                f"texts of {task}: train / validation / test", f"{task} 的文本：训练 / 验证 / 测试"
            ),
            sizes,
        )
        yield Fact(
            Text(f"unknown tokens in the test of {task}", f"{task} 测试中的未知 token"),
            f"{unknown:.1%}",
        )
    yield Fact(Text("parameters of the largest model", "最大模型的参数量"), f"{parameters:,}")
    yield Fact(
        "data",
        Text(
            f"data.jsonl, a snapshot of the bank: {len(rows)} texts",
            f"data.jsonl，题库快照：{len(rows)} 段文本",
        ),
    )
