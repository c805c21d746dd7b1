"""Trains on MNIST where it is cached or reachable, else on scikit-learn's digits, and says which."""

import os
import socket
import threading
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

HELD_OUT, PATIENCE = 0.1, 3
BATCH = 32  # what `fit` takes when it is told nothing
HOST = "storage.googleapis.com"
SECONDS = 3  # to find out whether the network is there


def demo(solution, stage):
    """Yield what happens while the solution trains, validates and is tested."""
    if stage.device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    keras.utils.set_random_seed(stage.seed)
    name, (images, labels), (test_images, test_labels) = _data(stage)
    yield Say(Text(f"Data: {name.en}.", f"数据：{name.zh}。"))
    parts = solution.split(images, labels, HELD_OUT, stage.seed)
    model = solution.build_model(images[0].size, int(labels.max()) + 1)
    path = stage.folder / "mnist-mlp.keras"
    epochs = stage.steps(quick=8, full=40)
    try:
        history = yield from _trained(solution, model, parts, epochs)
    finally:  # Ctrl-C too: what has been learnt so far is kept
        model.stop_training = True
        new = path.with_name("new.keras")
        solution.save(model, str(new))
        new.replace(path)
        yield Artefact(str(path))
    loaded = solution.load(str(path))
    told = solution.predict(loaded, test_images)
    yield _mistakes(np.asarray(told), test_labels)
    validated = np.asarray(solution.predict(loaded, parts[2])) == parts[3]
    tested = np.asarray(told) == test_labels
    yield Fact(Text("accuracy, validation", "准确率，验证集"), f"{validated.mean():.4f}")
    yield Fact(Text("accuracy, test", "准确率，测试集"), f"{tested.mean():.4f}")
    losses = list(history["val_loss"])
    best = f"{int(np.argmin(losses)) + 1} / {len(losses)} / {epochs}"
    yield Fact(Text("epochs: best / trained / at most", "轮数：最佳 / 实际 / 上限"), best)
    sizes = f"{len(parts[0]):,} / {len(parts[2]):,} / {len(test_images):,}"
    yield Fact(Text("images: train / validation / test", "图像：训练 / 验证 / 测试"), sizes)
    yield Fact(Text("parameters", "参数量"), f"{model.count_params():,}")
    yield Fact(Text("data", "数据"), name)


def _trained(solution, model, parts, epochs):
    """Train in a thread, and look at Keras' own history and the optimizer's counter meanwhile."""
    answer = {}

    def work():
        try:
            answer["history"] = solution.train(model, parts[:2], parts[2:], epochs, PATIENCE)
        except BaseException as error:  # raised again below
            answer["error"] = error

    name, total = Text("training steps", "训练步数"), epochs * -(-len(parts[0]) // BATCH)
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    told = 0
    while thread.is_alive():
        thread.join(0.3)
        seen = getattr(getattr(model, "history", None), "history", {})
        told = yield from _points(seen, told)
        yield Progress(name, min(int(model.optimizer.iterations), total), total)
    if "error" in answer:
        raise answer["error"]
    yield from _points(answer["history"], told)
    yield Progress(name, total, total)
    return answer["history"]


def _points(history, told):
    """Yield the losses of the epochs that have ended since; return how many there are now."""
    losses, val_losses = list(history.get("loss", ())), list(history.get("val_loss", ()))
    known = min(len(losses), len(val_losses))
    for epoch in range(told, known):
        yield Metric("loss", epoch + 1, losses[epoch])
        yield Metric("val_loss", epoch + 1, val_losses[epoch])
    return max(told, known)


def _data(stage):
    """Return the name of the data, the training pair and the test pair."""
    if _cached() or _reachable():
        patience = socket.getdefaulttimeout()
        socket.setdefaulttimeout(10)
        try:
            training, test = keras.datasets.mnist.load_data()
        except Exception:  # half a cache or half a network: the digits will do
            return _digits(stage.seed)
        finally:
            socket.setdefaulttimeout(patience)
        if not stage.quick:
            return Text("MNIST", "MNIST"), training, test
        few = np.random.default_rng(stage.seed).permutation(len(training[0]))[:12_000]
        name = Text("MNIST, 12,000 of its training images", "MNIST，取 12,000 张训练图像")
        return name, (training[0][few], training[1][few]), test
    return _digits(stage.seed)


def _cached():
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return (home / "datasets" / "mnist.npz").is_file()


def _reachable():
    """Ask in a thread: looking up a name has no time limit of its own."""
    answer = []

    def ask():
        try:
            socket.create_connection((HOST, 443), timeout=SECONDS).close()
        except OSError:
            return
        answer.append(True)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(SECONDS)
    return bool(answer)


def _digits(seed):
    found = load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)  # 1797 of 8 × 8, 0 to 16
    order = np.random.default_rng(seed).permutation(len(images))
    test, rest = order[:360], order[360:]
    name = Text(
        "scikit-learn's digits, 8 × 8 (MNIST is neither cached nor reachable)",
        "scikit-learn 的 8 × 8 手写数字（MNIST 既无缓存也无法下载）",
    )
    return name, (images[rest], found.target[rest]), (images[test], found.target[test])


def _mistakes(told, labels):
    """Return, for each digit, how many are recognised and what it is taken for most often."""
    rows = []
    for digit in range(10):
        answers = told[labels == digit]
        wrong = answers[answers != digit]
        taken = ""
        if len(wrong):
            other = int(np.bincount(wrong).argmax())
            taken = f"{other} ({int((wrong == other).sum())} ×)"
        share = (answers == digit).mean() if len(answers) else 0.0
        rows.append((str(digit), str(len(answers)), f"{share:.3f}", taken))
    head = (Text("digit", "数字"), Text("images", "图像"), Text("recognised", "识别率"))
    last = Text("most often taken for", "最常被认成")
    return Table(Text("Test images by digit", "各个数字的测试图像"), (*head, last), tuple(rows))
