"""Read a whole bank: every file, every finding, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from msgspec import Struct

from prep.bank.files import BankFile, bank_files
from prep.bank.nodes import compose, place
from prep.bank.places import Findings, Place
from prep.bank.schema import BAD, reader
from prep.model.question import Group, Question, Topic

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.nodes import Node
    from prep.model.finding import Finding

FORMAT = 1


class Loaded(Struct, frozen=True):
    """A question with the file and the node that it came from."""

    question: Question
    file: BankFile
    node: Node

    @property
    def family(self) -> str:
        """Name what siblings share: the generator, or the question itself."""
        computed = getattr(self.question, "computed", None)
        return f"{self.file.topic}/{self.file.group}#{computed}" if computed else self.question.id

    def place(self, key: str = "id") -> Place:
        """Return where `key` of this question is written."""
        for name, value in self.node.value:
            if name.value == key:
                return place(value)
        return place(self.node)


class Bank(Struct):
    """All questions that could be read, the topics, and the findings of reading."""

    questions: list[Loaded]
    topics: dict[str, Topic]
    findings: list[Finding]


def load(root: Path) -> Bank:
    """Read the bank at `root`; findings say what could not be read."""
    strays: list[Findings] = []
    bank = Bank([], {}, [])
    for file in bank_files(root, strays):
        _load_file(file, bank)
    for found in strays:
        bank.findings += found
    return bank


def _load_file(file: BankFile, bank: Bank) -> None:
    findings = Findings(file.name)
    root = compose(file.path.read_bytes(), findings)
    if root is not None and _is_current(root, findings):
        if file.is_topic:
            topic = reader(Topic)(root, findings)
            if topic is not BAD:
                bank.topics[file.topic] = topic
        else:
            bank.questions += _questions(root, file, findings)
    bank.findings += findings


def _is_current(root: Node, findings: Findings) -> bool:
    """Check `format` first: a newer file deserves one sentence, not a hundred findings."""
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "format" and value.value != str(FORMAT):
                findings.add(place(value), "format", got=value.value, known=FORMAT)
                return False
    return True


def _questions(root: Node, file: BankFile, findings: Findings) -> list[Loaded]:
    """Read the questions one by one, so that a bad one does not hide the good ones."""
    if not isinstance(root, yaml.MappingNode):
        reader(Group)(root, findings)
        return []
    items = [value for key, value in root.value if key.value == "questions"]
    if len(items) != 1 or not isinstance(items[0], yaml.SequenceNode) or not items[0].value:
        reader(Group)(root, findings)
        return []
    _check_frame(root, findings)
    read = reader(Question)
    loaded = ((read(node, findings), node) for node in items[0].value)
    return [Loaded(question, file, node) for question, node in loaded if question is not BAD]


def _check_frame(root: Node, findings: Findings) -> None:
    """Read the file's own keys without reading its questions twice."""
    frame = yaml.MappingNode(root.tag, [], root.start_mark, root.end_mark)
    frame.value = [(key, value) for key, value in root.value if key.value != "questions"]
    reader(_Frame)(frame, findings)


class _Frame(Struct, frozen=True):
    format: int
