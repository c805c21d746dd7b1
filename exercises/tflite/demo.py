"""Trains a small network on digits, converts it four times and measures the five side by side."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

KINDS = ("float32", "float16", "dynamic", "int8")
SAMPLES, WARM_UP = 200, 10


def demo(solution, stage):
    """Yield the training of a model, its conversions, and what each costs."""
    tf.config.set_visible_devices([], "GPU")  # a .tflite file runs on the CPU here
    keras.utils.disable_interactive_logging()  # the converter tells much about its own files
    keras.utils.set_random_seed(stage.seed)
    rows, labels, test_rows, test_labels = _digits(stage.seed)
    yield Say(Text("Data: scikit-learn's digits, 8 × 8.", "数据：scikit-learn 的 8 × 8 手写数字。"))
    model = _model(rows.shape[1:])
    yield from _trained(model, rows, labels, stage)

    name = Text("converting and measuring", "转换与测量")
    yield Progress(name, 0, len(KINDS) + 2)
    samples = rows[:SAMPLES]
    report = solution.compare(model, samples, test_rows, test_labels)
    yield Progress(name, 1, len(KINDS) + 2)
    lines = []
    for done, kind in enumerate(("original", *KINDS), 2):
        run = _runner(solution, stage, model, kind, samples, test_rows[:1])
        if kind != "original":
            yield Artefact(str(stage.folder / f"{kind}.tflite"))
        took = solution.latency(run, WARM_UP, stage.steps(quick=100, full=1000))
        lines.append(_line(kind, report, took))
        yield Progress(name, done, len(KINDS) + 2)
    head = (Text("model", "模型"), Text("bytes", "字节"), Text("of float32", "相对 float32"))
    head += (Text("accuracy", "准确率"), "p50 ms", "p95 ms", "p99 ms")
    yield Table(
        Text("The original and its four conversions", "原模型与四种转换"), head, tuple(lines)
    )
    yield from _facts(model, report, len(rows), len(test_rows))
    yield _chart(report, stage.folder / "size-accuracy.png")


def _trained(model, rows, labels, stage):
    """Train epoch by epoch; the model is kept whenever it ends."""
    path, epochs = stage.folder / "original.keras", stage.steps(quick=15, full=60)
    try:
        for epoch in range(1, epochs + 1):
            loss = model.fit(rows, labels, batch_size=64, verbose=0).history["loss"][0]
            yield Metric("loss", epoch, loss)
            yield Progress(Text("training epochs", "训练轮数"), epoch, epochs)
    finally:  # Ctrl-C too
        new = path.with_name("new.keras")
        model.save(new)
        new.replace(path)
        yield Artefact(str(path))


def _runner(solution, stage, model, kind, samples, row):
    """Return a call for one prediction; write the file that it runs."""
    if kind == "original":
        return lambda: model(row, training=False)
    flat = solution.convert(model, kind, samples)
    (stage.folder / f"{kind}.tflite").write_bytes(flat)
    return lambda: solution.predict(flat, row)


def _line(kind, report, took):
    """Return a line of the table."""
    size = int(report[kind].get("bytes") or 0)
    share = size / int(report["float32"]["bytes"])
    sizes = (f"{size:,}", f"{share:.3f}") if kind != "original" else ("", "")
    times = (f"{took[name]:.3f}" for name in ("p50", "p95", "p99"))
    return (kind, *sizes, f"{report[kind]['accuracy']:.4f}", *times)


def _facts(model, report, train, test):
    """Yield the numbers that the task asks for, and what was measured with what."""
    share = report["int8"]["bytes"] / report["float32"]["bytes"]
    lost = 100 * (report["original"]["accuracy"] - report["int8"]["accuracy"])
    yield Fact(
        Text("int8 / float32 bytes (at most 0.30)", "int8 / float32 字节（至多 0.30）"),
        f"{share:.3f}",
    )
    yield Fact(
        Text("points lost by int8 (at most 1)", "int8 损失的百分点（至多 1）"), f"{lost:.2f}"
    )
    yield Fact(Text("latency", "延迟"), Text("one row; in predict with setting up the interpreter",
                                            "单行；predict 的时间含建立解释器"))  # fmt: skip
    yield Fact(
        Text("rows: train / calibration / test", "样本：训练 / 校准 / 测试"),
        f"{train} / {SAMPLES} / {test}",
    )
    yield Fact(Text("parameters", "参数量"), f"{model.count_params():,}")
    yield Fact(Text("data", "数据"), "scikit-learn digits (8 × 8, 1,797)")
    yield Fact(Text("device", "设备"), "cpu")


def _model(sides):
    """Return a small convolutional classifier, (n, 8, 8) → (n, 10)."""
    layers = [
        keras.Input(sides),
        keras.layers.Reshape((*sides, 1)),
        keras.layers.Conv2D(24, 3, activation="relu"),  # (n, 6, 6, 24)
        keras.layers.Flatten(),  # (n, 864)
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _digits(seed):
    """Return rows and labels to train on, then to test on; pixels from 0 to 1."""
    found = load_digits()
    images = (found.images / 16).astype("float32")  # 1797 of 8 × 8
    order = np.random.default_rng(seed).permutation(len(images))
    test, rest = order[:540], order[540:]
    return images[rest], found.target[rest], images[test], found.target[test]


def _chart(report, path):
    """Draw accuracy over size."""
    from matplotlib.figure import Figure

    axes = (figure := Figure(layout="constrained")).subplots()
    for kind in KINDS:
        place = report[kind]["bytes"] / 1024, report[kind]["accuracy"]
        axes.scatter(*place)
        axes.annotate(kind, place, textcoords="offset points", xytext=(6, 6))
    axes.axhline(report["original"]["accuracy"], linestyle=":", label="original")
    axes.set_xlabel("KiB")
    axes.set_ylabel("accuracy")
    axes.margins(0.2)
    axes.legend()
    figure.savefig(path, dpi=120)
    return Artefact(str(path))
