"""Trains on MNIST where it is cached or reachable, else on scikit-learn's digits, and says which."""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np

from prep.lab.events import Artefact, Metric, Progress, Say, Table, Text

HELD_OUT = 0.1
BATCH = 32  # what `fit` takes when it is told nothing


def demo(solution, stage):
    """Yield what happens while the solution trains, validates and is tested."""
    keras.utils.set_random_seed(stage.seed)
    name, (images, labels), (test_images, test_labels) = _data(stage)
    yield Say(Text(f"Data: {name[0]}.", f"数据：{name[1]}。"))
    parts = solution.split(images, labels, HELD_OUT, stage.seed)
    model = solution.build_model(images[0].size, int(labels.max()) + 1)
    path = str(stage.folder / "mnist-mlp.keras")
    epochs, started = stage.steps(quick=6, full=40), time.perf_counter()
    try:
        history = yield from _trained(solution, model, parts, epochs)
    finally:  # an interrupted run keeps what has been learnt so far
        solution.save(model, path)
    seconds = time.perf_counter() - started
    for epoch, losses in enumerate(zip(history["loss"], history["val_loss"], strict=True), 1):
        yield Metric("loss", epoch, float(losses[0]))
        yield Metric("val_loss", epoch, float(losses[1]))
    loaded = solution.load(path)
    yield Artefact(path)
    yield from _curves(history, stage.folder / "curves.png")
    found = {
        "accuracy, validation": _share(solution, loaded, parts[2], parts[3]),
        "accuracy, test": _share(solution, loaded, test_images, test_labels),
    }
    rows = [(what, f"{value:.4f}") for what, value in found.items()]
    rows += [
        ("parameters", f"{model.count_params():,}"),
        ("train / validation / test", f"{len(parts[0])} / {len(parts[2])} / {len(test_images)}"),
        ("epochs", f"{len(history['loss'])} of {epochs}"),
        ("seconds", f"{seconds:.1f}"),
        ("peak memory", f"{_peak_mb()} MB"),
        ("device", _device()),
        ("data", name[0]),
        ("seed", str(stage.seed)),
    ]
    yield Table("results", ("what", "value"), tuple(rows))


def _trained(solution, model, parts, epochs):
    """Train in a thread, and look at the optimizer's counter meanwhile."""
    answer = {}

    def work():
        try:
            answer["history"] = solution.train(model, parts[:2], parts[2:], epochs, 3)
        except BaseException as error:  # noqa: BLE001 - raised again below
            answer["error"] = error

    total = epochs * -(-len(parts[0]) // BATCH)
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.5)
        yield Progress("training", min(int(model.optimizer.iterations), total), total)
    if "error" in answer:
        raise answer["error"]
    yield Progress("training", total, total)
    return answer["history"]


def _data(stage):
    """Return the names of the data, the training pair and the test pair."""
    if stage.options.get("data") != "digits" and (_cached() or _reachable()):
        try:
            training, test = keras.datasets.mnist.load_data()
        except Exception:  # noqa: BLE001 - half a cache or half a network: the digits will do
            return _digits(stage.seed)
        if stage.quick:
            training = training[0][:12_000], training[1][:12_000]
        return ("MNIST", "MNIST"), training, test
    return _digits(stage.seed)


def _cached():
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return (home / "datasets" / "mnist.npz").is_file()


def _reachable():
    if os.environ.get("PREP_OFFLINE"):
        return False
    try:
        socket.create_connection(("storage.googleapis.com", 443), timeout=3).close()
    except OSError:
        return False
    return True


def _digits(seed):
    from sklearn.datasets import load_digits

    found = load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)  # 1797 of 8 × 8, 0 to 16
    order = np.random.default_rng(seed).permutation(len(images))
    test, rest = order[:360], order[360:]
    name = (
        "scikit-learn's digits, 8 × 8 (MNIST is neither cached nor reachable)",
        "scikit-learn 的 8 × 8 手写数字（MNIST 既无缓存也无法下载）",
    )
    pairs = ((images[part], found.target[part]) for part in (rest, test))
    return (name, *pairs)


def _share(solution, model, images, labels):
    return float((np.asarray(solution.predict(model, images)) == labels).mean())


def _curves(history, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for name in ("loss", "val_loss"):
        axes.plot(range(1, len(history[name]) + 1), history[name], label=name)
    axes.set_xlabel("epoch")
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    yield Artefact(str(path))


def _device():
    import tensorflow

    found = tensorflow.config.list_physical_devices("GPU")
    return f"{len(found)} GPU" if found else "cpu"


def _peak_mb():
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1 << 20) if sys.platform == "darwin" else used // 1024
