"""Two tasks, who is chased and which topic, each for your transformer and for a bag of words."""

import json
import threading
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

SIZE, LENGTH, SENTENCES = 1500, 64, 900
ENGLISH, CHINESE = ("cat", "dog", "fox", "hen"), "猫狗狐鸡"
EPOCHS = {"order": 8, "topic": 8}  # three times as many without --quick
BATCH = 32  # what `fit` takes when it is told nothing
TASKS = {
    "order": Text("who is chased?", "被追的是谁？"),
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
            f"First task: {SENTENCES} sentences made anew, such as “Today the cat chases the dog.” "
            "and “昨天狗追着猫跑。”; who is chased? A count of words cannot tell. Second task: the "
            f"topic of {len(rows)} texts of the bank, English and Chinese.",
            f"第一个任务：现场生成 {SENTENCES} 个句子，例如“Today the cat chases the dog.”和“昨天狗追着猫跑。”，"
            f"判断被追的是谁，数词帮不上忙。第二个任务：判断题库中 {len(rows)} 段中英文文本的主题。",
        )
    )
    prepared = {
        "order": _order(solution, stage.seed),
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


def _order(solution, seed):
    """Return parts for: who is chased? Turned round, a sentence has the same words."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(SENTENCES):
        hunter, hunted = rng.permutation(len(ENGLISH))[:2]
        if number % 2:
            lead = rng.choice(["今天", "昨天", "在院子里", "听说"])
            texts.append(f"{lead}{CHINESE[hunter]}追着{CHINESE[hunted]}跑。")
        else:
            lead = rng.choice(["Today the", "In the yard a", "Look, the", "They say a"])
            texts.append(f"{lead} {ENGLISH[hunter]} chases the {ENGLISH[hunted]}.")
        labels.append(int(hunted))
    return solution.prepare(texts, labels, SIZE, LENGTH, seed), len(ENGLISH)


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
            f"sentences made anew; data.jsonl, a snapshot of the bank: {len(rows)} texts",
            f"现场生成的句子；data.jsonl，题库快照：{len(rows)} 段文本",
        ),
    )
