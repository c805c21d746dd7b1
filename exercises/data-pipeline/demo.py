"""Shows what duplicates on both sides of a split do to a score, on scikit-learn's own manual."""

import inspect
import json
import re
import textwrap
from collections import Counter

import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import all_estimators

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
TEST_SHARE = 0.3
NUMERIC, CATEGORICAL = [0, 1, 2], [3, 4]
SPLITS = {
    "random": "accuracy, random split",
    "group": "accuracy, group split",
}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    yield Progress(Text("reading the manual", "读取文档"), 0, 1)
    records = list(_parameters())
    yield Progress(Text("reading the manual", "读取文档"), 1, 1)
    texts, labels, rows = _table(records)
    yield Fact(
        "data",
        Text(
            f"docstrings of scikit-learn {sklearn.__version__}: {len(texts)} parameters",
            f"scikit-learn {sklearn.__version__} 的 docstring：{len(texts)} 个参数",
        ),
    )
    groups = _duplicates(solution, texts, stage.seed)
    yield from _told(groups, texts)
    repeats = stage.steps(quick=4, full=25)
    scores = {name: np.zeros((repeats, len(SHARES))) for name in SPLITS}
    work = Text("fit and test", "拟合与测试")
    for column, share in enumerate(SHARES):
        for repeat in range(repeats):
            for name in SPLITS:
                parts = _split(solution, name, groups, stage.seed + repeat)
                score = _score(solution, rows, labels, _some(parts, share, repeat))
                scores[name][repeat, column] = score
            yield Progress(work, column * repeats + repeat + 1, repeats * len(SHARES))
        for name, title in SPLITS.items():
            yield Metric(title, round(100 * share), float(scores[name][:, column].mean()))
    seeds = range(stage.seed, stage.seed + repeats)
    yield from _compared(scores, _fitted_on_all(solution, rows, labels, groups, seeds))
    file = stage.folder / "scores.json"
    told = {name: values.tolist() for name, values in scores.items()}
    file.write_text(json.dumps({"shares": SHARES, **told}, indent=2), encoding="utf-8")
    yield Artefact(str(file))


def _parameters():
    """Yield module, position, name, type and text of each documented parameter."""
    for _, kind in all_estimators():
        text = inspect.cleandoc(kind.__doc__ or "")
        found = re.search(
            r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-{3,}$|\Z)", text, re.DOTALL | re.MULTILINE
        )
        blocks = re.findall(
            r"^(\w+) : (.*)\n((?:[ ]+.*\n|\n)*)", found[1] if found else "", re.MULTILINE
        )
        for position, (name, told, body) in enumerate(blocks):
            yield kind.__module__.split(".")[1], position, name, told, body


def _table(records):
    """Return texts, modules, and rows of objects: length, position, default, type, name."""
    known = [module for module, _ in Counter(record[0] for record in records).most_common(8)]
    records = [record for record in records if record[0] in known]
    rows = np.empty((len(records), 5), object)
    for row, (_, position, name, told, body) in zip(rows, records):
        default = re.search(r"default=(-?\d+(?:\.\d*)?(?:e-?\d+)?)", told)
        number = float(default[1]) if default else float("nan")
        row[:] = [float(len(body)), float(position), number, re.split("[ ,]", told)[0], name]
    return [record[4] for record in records], np.array([record[0] for record in records]), rows


def _duplicates(solution, texts, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(1, 2**31 - 1, 64), rng.integers(0, 2**31 - 1, 64)
    return [int(group) for group in solution.duplicate_groups(texts, a, b)]


def _told(groups, texts):
    counts = Counter(groups)
    double = sum(count for count in counts.values() if count > 1) / len(groups)
    yield Fact(
        Text("texts with a near duplicate", "有近重复的文本"),
        f"{double:.0%} ({len(groups)} → {len(counts)})",
    )
    yield Table(
        Text("the largest groups", "最大的几组"),
        (Text("copies", "份数"), Text("text", "文本")),
        tuple(
            (str(count), textwrap.shorten(texts[first], 70, placeholder=" …"))
            for first, count in counts.most_common(5)
        ),
    )


def _split(solution, name, groups, seed):
    """Split row by row (each row a group of its own), or by group of duplicates."""
    names = [str(one) for one in (range(len(groups)) if name == "random" else groups)]
    return [np.asarray(part) for part in solution.group_split(names, TEST_SHARE, seed)]


def _some(parts, share, seed):
    """Return the test part whole, and a share of the training part."""
    train, test = parts
    chosen = np.random.default_rng(seed).permutation(train)
    return np.sort(chosen[: max(2, round(share * len(train)))]), test


def _score(solution, rows, labels, parts, fitted_on=None):
    """Return the accuracy of the nearest neighbour in telling the module of a parameter."""
    train, test = parts
    how = (NUMERIC, CATEGORICAL)
    features = solution.fit_features(
        rows, train if fitted_on is None else fitted_on, *how, min_count=5
    )
    model = KNeighborsClassifier(1).fit(features.transform(rows[train]), labels[train])
    return float((model.predict(features.transform(rows[test])) == labels[test]).mean())


def _fitted_on_all(solution, rows, labels, groups, seeds):
    """Return the mean score when the features, and only they, have seen the test rows."""
    everything = np.arange(len(rows))
    parts = [_split(solution, "group", groups, seed) for seed in seeds]
    return np.array([_score(solution, rows, labels, each, everything) for each in parts])


def _compared(scores, fitted):
    last = {name: values[:, -1] for name, values in scores.items()}
    head = (
        Text("what", "做法"),
        Text("accuracy", "准确率"),
        Text("± between splits", "± 划分之间"),
    )
    lines = (
        (Text("rows split at random", "逐行随机划分"), last["random"]),
        (
            Text(
                "groups kept together, features fitted on all rows",
                "同组不拆开，特征在全部行上拟合",
            ),
            fitted,
        ),
        (Text("groups kept together, nothing leaks", "同组不拆开，没有泄漏"), last["group"]),
    )
    yield Table(
        Text("which module is it? the nearest neighbour", "属于哪个模块？最近邻"),
        head,
        tuple((what, f"{value.mean():.1%}", f"{value.std():.1%}") for what, value in lines),
    )
    gap = 100 * (last["random"].mean() - last["group"].mean())
    yield Say(
        Text(
            f"The model is the same: {gap:.0f} points of the first score are copies that it had seen.",
            f"模型相同：第一行的得分中有 {gap:.0f} 个百分点来自见过的副本。",
        )
    )
