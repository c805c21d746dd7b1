"""Trains a small network on digits, converts it four times and measures the five side by side."""

from __future__ import annotations

import os
import resource
import sys
import time

import keras
import numpy as np

from prep.lab.events import Artefact, Metric, Progress, Say, Table, Text

KINDS = ("float32", "float16", "dynamic", "int8")
SAMPLES = 200


def demo(solution, stage):
    """Yield the training of a model, its conversions, and what each costs."""
    started = time.perf_counter()
    keras.utils.set_random_seed(stage.seed)
    rows, labels, test_rows, test_labels = _digits(stage.seed)
    yield Say(Text("Data: scikit-learn's digits, 8 × 8.", "数据：scikit-learn 的 8 × 8 手写数字。"))
    model = _model(rows.shape[1:])
    epochs = stage.steps(quick=12, full=40)
    for epoch in range(epochs):
        loss = model.fit(rows, labels, batch_size=64, verbose=0).history["loss"][0]
        yield Metric("loss", epoch + 1, float(loss))
        yield Progress("training", epoch + 1, epochs)
    model.save(stage.folder / "original.keras")
    yield Artefact(str(stage.folder / "original.keras"))

    samples, lines, sizes = rows[:SAMPLES], [], {}
    yield Progress("comparing", 0, len(KINDS) + 1)
    report = solution.compare(model, samples, test_rows, test_labels)
    for done, kind in enumerate(("original", *KINDS), 1):
        run = _runner(solution, stage, model, kind, samples, test_rows[:1])
        if kind != "original":
            yield Artefact(str(stage.folder / f"{kind}.tflite"))
            sizes[kind] = int(report[kind]["bytes"])
        took = solution.latency(run, 10, stage.steps(quick=50, full=500))
        share = f"{sizes[kind] / sizes['float32']:.2f}" if sizes else ""
        size = f"{sizes[kind]:,}" if sizes else ""
        times = (f"{took[name]:.3f}" for name in ("p50", "p95", "p99"))
        lines.append((kind, size, share, f"{report[kind]['accuracy']:.4f}", *times))
        yield Progress("comparing", done, len(KINDS) + 1)
    head = ("model", "bytes", "of float32", "accuracy", "p50 ms", "p95 ms", "p99 ms")
    yield Table("conversions", head, tuple(lines))
    yield _chart(sizes, report, stage.folder / "size-accuracy.png")
    yield Table(
        "run",
        ("what", "value"),
        (
            ("parameters", f"{model.count_params():,}"),
            ("train / calibration / test", f"{len(rows)} / {SAMPLES} / {len(test_rows)}"),
            ("seconds", f"{time.perf_counter() - started:.1f}"),
            ("peak memory", f"{_peak_mb()} MB"),
            ("device", f"cpu, {os.cpu_count()} cores"),
            ("latency", "one row, solution.predict: the interpreter is set up in each call"),
            ("seed", str(stage.seed)),
        ),
    )


def _runner(solution, stage, model, kind, samples, row):
    """Return a call for one prediction; write the file that it runs."""
    if kind == "original":
        return lambda: model(row, training=False)
    flat = solution.convert(model, kind, samples)
    (stage.folder / f"{kind}.tflite").write_bytes(flat)
    return lambda: solution.predict(flat, row)


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
    from sklearn.datasets import load_digits

    found = load_digits()
    images = (found.images / 16).astype("float32")  # 1797 of 8 × 8
    order = np.random.default_rng(seed).permutation(len(images))
    test, rest = order[:540], order[540:]
    return images[rest], found.target[rest], images[test], found.target[test]


def _chart(sizes, report, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for kind, size in sizes.items():
        axes.scatter(size / 1024, report[kind]["accuracy"])
        axes.annotate(kind, (size / 1024, report[kind]["accuracy"]))
    axes.axhline(report["original"]["accuracy"], linestyle=":", label="original")
    axes.set_xlabel("KiB")
    axes.set_ylabel("accuracy")
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    return Artefact(str(path))


def _peak_mb():
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1 << 20) if sys.platform == "darwin" else used // 1024
