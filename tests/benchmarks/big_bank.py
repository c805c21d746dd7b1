"""A bank of any size, derived from the shipped one: other ids, words and numbers, same shapes.

`python -m tests.benchmarks.big_bank FOLDER --count 10000` writes one.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED = Path(__file__).parents[2] / "questions"
_WORDS = (
    "model", "batch", "token", "layer", "weight", "gradient", "memory", "training", "accuracy",
    "cache", "data", "sample", "number", "value", "output", "input", "server", "user", "cost",
    "error", "method", "text", "size", "step", "score", "label", "class", "rank", "loss", "rate",
)  # fmt: skip
_CHINESE = (
    "模型", "数据", "训练", "梯度", "权重", "参数", "样本", "显存", "推理", "精度", "层", "批",
    "学习率", "用户", "成本", "损失", "标签", "分数", "输出", "输入", "方法", "文本", "步", "量化",
)  # fmt: skip
# Code in backticks and placeholders stay as they are.
_PART = re.compile(
    r"`[^`]*`|\$\$|\$\w+|\\.|[A-Za-z]+|\d{2,4}|" + "|".join(sorted(_CHINESE, key=len, reverse=True))
)


def write_big_bank(root: Path, count: int, *, source: Path = SHIPPED) -> int:
    """Write a bank of about `count` questions (never fewer) under `root`; return how many."""
    written = copy = 0
    templates = [_Template(path) for path in sorted(source.glob("*/*.yaml"))]
    for template in templates:
        (root / template.topic).mkdir(parents=True, exist_ok=True)
    while written < count:
        for template in templates:
            written += template.write(root, copy)
        copy += 1
    return written


class _Template:
    """A shipped file, cut at the words that a copy changes."""

    def __init__(self, path: Path) -> None:
        self.topic, self.group = path.parent.name, path.stem
        self.text = path.read_text("utf-8")
        twin = path.with_suffix(".py")
        self.twin = twin.read_text("utf-8") if twin.is_file() else None
        node = cast("yaml.MappingNode", yaml.compose(self.text, Loader=yaml.CBaseLoader))
        questions = [value for key, value in node.value if key.value == "questions"]
        self.count = len(questions[0].value) if questions else 0
        self.cuts = sorted(_cuts(node)) if questions else []

    def write(self, root: Path, copy: int) -> int:
        """Write copy number `copy` of this file and its twin; return its number of questions."""
        if self.group == "topic":
            if copy == 0:
                (root / self.topic / "topic.yaml").write_text(self.text, "utf-8")
            return 0
        name = root / self.topic / (f"{self.group}-c{copy}" if copy else self.group)
        name.with_suffix(".yaml").write_text("".join(self._pieces(copy)), "utf-8")
        if self.twin is not None:
            name.with_suffix(".py").write_text(self.twin, "utf-8")
        return self.count

    def _pieces(self, copy: int) -> Iterator[str]:
        at = 0
        for start, end, kind in self.cuts:
            yield self.text[at:start]
            old = self.text[start:end]
            yield _new_id(old, copy) if kind == "id" else _new_words(old, copy)
            at = end
        yield self.text[at:]


def _cuts(node: yaml.Node, key: str = "", depth: int = 0) -> Iterator[tuple[int, int, str]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _cuts(value, name.value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _cuts(value, key, depth + 1)
    elif key in {"en", "zh"} or (key == "id" and depth == _QUESTION_DEPTH):
        yield node.start_mark.index, node.end_mark.index, key


_QUESTION_DEPTH = 3


def _new_id(old: str, copy: int) -> str:
    return f"{old[:58]}-c{copy}" if copy else old


def _new_words(old: str, copy: int) -> str:
    """Swap words in a circle and move numbers, so that what differed before still differs."""

    def change(found: re.Match[str]) -> str:
        part = found[0]
        if part.isdigit():
            return str(int(part) + 7 * copy)
        for words in (_WORDS, _CHINESE):
            if part in words:
                return words[(words.index(part) + copy) % len(words)]
        return part

    return _PART.sub(change, old) if copy else old


def main() -> None:
    """Write a bank and say how big it is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    given = parser.parse_args()
    written = write_big_bank(given.folder, given.count)
    size = sum(path.stat().st_size for path in given.folder.rglob("*.yaml"))
    print(f"{written} questions, {size / 1e6:.1f} MB of YAML in {given.folder}")


if __name__ == "__main__":
    main()
