"""Trains a small network on digits, lets the file shrink it, and shows the numbers beside healthy ones."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

KINDS = ("float32", "dynamic", "int8")
# What the reference gives with --quick: share of the original's bytes, accuracy.
HEALTHY = {"float32": ("1.00", "0.97"), "dynamic": ("0.35", "0.97"), "int8": ("0.40", "0.97")}


def demo(solution, stage):
    """Yield the training of a model, and what becomes of it."""
    tf.config.set_visible_devices([], "GPU")  # a .tflite file runs on the CPU here
    keras.utils.disable_interactive_logging()
    keras.utils.set_random_seed(stage.seed)
    yield Say(Text("Data: scikit-learn's digits, 8 × 8.", "数据：scikit-learn 的 8 × 8 手写数字。"))
    rows, labels, test_rows, test_labels = _digits(stage.seed)
    model = _model(rows.shape[1:])
    yield from _trained(model, rows, labels, stage)
    reports = {}
    for done, kind in enumerate(KINDS, 1):
        flat = solution.convert(model, kind, rows[:200])
        (stage.folder / f"{kind}.tflite").write_bytes(flat)
        yield Artefact(str(stage.folder / f"{kind}.tflite"))
        row = test_rows[:1]
        took = solution.latency(lambda flat=flat, row=row: solution.predict(flat, row), 5, 50)
        reports[kind] = len(flat), solution.compare(model, flat, test_rows, test_labels), took
        yield Progress(Text("converting and measuring", "转换与测量"), done, len(KINDS))
    yield _table(reports)
    yield _codes(solution)
    yield Fact(
        Text("accuracy of the Keras model", "Keras 模型的准确率"),
        f"{_accuracy(model, test_rows, test_labels):.3f}",
    )
    yield Fact(Text("shape of 49 prepared images of 16 × 16 (healthy: 49 × 16 × 16 × 1)",
                    "49 张 16 × 16 图像 prepare 之后的形状（正常：49 × 16 × 16 × 1）"), _prepared(solution))  # fmt: skip
    yield Fact(Text("rows: train / test", "样本：训练 / 测试"), f"{len(rows)} / {len(test_rows)}")
    yield Fact(Text("parameters", "参数量"), f"{model.count_params():,}")
    yield Fact(Text("data", "数据"), "scikit-learn digits (8 × 8, 1,797)")
    yield Fact(Text("device", "设备"), "cpu")


def _trained(model, rows, labels, stage):
    """Train epoch by epoch; the model is kept whenever it ends."""
    path, epochs = stage.folder / "original.keras", stage.steps(quick=12, full=40)
    try:
        for epoch in range(1, epochs + 1):
            yield Metric("loss", epoch, model.fit(rows, labels, verbose=0).history["loss"][0])
            yield Progress(Text("training epochs", "训练轮数"), epoch, epochs)
    finally:  # Ctrl-C too
        model.save(path.with_name("new.keras"))
        path.with_name("new.keras").replace(path)
        yield Artefact(str(path))


def _table(reports):
    """Return size, accuracy and latency of each file, and what is healthy."""
    whole = reports["float32"][0]
    lines = []
    for kind, (size, told, took) in reports.items():
        share, accuracy = HEALTHY[kind]
        found = f"{size:,}", f"{size / whole:.2f} ({share})", f"{told['file']:.3f} ({accuracy})"
        lines.append((kind, *found, f"{took:.2f}"))
    head = (
        Text("file", "文件"),
        Text("bytes", "字节"),
        Text("of float32 (healthy)", "相对 float32（正常）"),
    )
    head += (
        Text("accuracy told (healthy)", "报告的准确率（正常）"),
        Text("median ms", "中位数 ms"),
    )
    return Table(Text("The three files", "三个文件"), head, tuple(lines))


def _codes(solution):
    """Return how some numbers are stored and read again, with scale 0.02 and zero point −100."""
    lines = []
    for real in (0.0, 1.0, 4.54, 5.0, -9.0):
        code = solution.to_stored(np.array([real], np.float32), 0.02, -100)
        back = float(solution.to_real(code, 0.02, -100)[0])
        healthy = min(max(real, -0.56), 4.54)
        lines.append((f"{real:g}", str(int(code[0])), f"{back:.2f} ({healthy:.2f})"))
    head = (
        Text("number", "数"),
        Text("code", "编码"),
        Text("read again (healthy)", "还原（正常）"),
    )
    return Table(
        Text("scale 0.02, zero point −100", "scale 0.02，zero point −100"), head, tuple(lines)
    )


def _prepared(solution):
    found = solution.prepare(np.zeros((49, 16, 16), np.uint8))
    return " × ".join(str(side) for side in found.shape)


def _accuracy(model, rows, labels):
    return float((model(rows, training=False).numpy().argmax(-1) == labels).mean())


def _model(sides):
    """Return a small classifier, (n, 8, 8, 1) → (n, 10)."""
    layers = [
        keras.Input(sides),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _digits(seed):
    """Return rows and labels to train on, then to test on, centred, from −0.5 to 1.5."""
    found = load_digits()
    rows = (found.images[..., np.newaxis] / 8 - 0.5).astype("float32")
    order = np.random.default_rng(seed).permutation(len(rows))
    test, rest = order[:400], order[400:]
    return rows[rest], found.target[rest], rows[test], found.target[test]
