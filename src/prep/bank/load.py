"""Read a bank, file by file: every finding of a file in one pass."""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.bank.files import BankFile, bank_files
from prep.bank.nodes import Mapping, Scalar, Sequence, child, compose, place, place_below
from prep.bank.places import START, Findings, Place
from prep.bank.schema import BAD, reader
from prep.model.question import Group, Question, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prep.bank.nodes import Node
    from prep.model.finding import Finding

FORMAT = 1
_FUNCTION = re.compile(rb"^def ([A-Za-z_]\w*)\(", re.MULTILINE)


class Loaded(Struct, frozen=True):
    """A question with the file and the node that it came from.

    `generators` are the functions of the twin, whose numbers it may draw.
    """

    question: Question
    file: BankFile
    node: Node
    generators: frozenset[str]

    @property
    def family(self) -> str:
        """Name what siblings share: the generator, or the question itself."""
        computed = getattr(self.question, "computed", None)
        return f"{self.file.topic}/{self.file.group}#{computed}" if computed else self.question.id

    def place(self, *path: str | int) -> Place:
        """Return where `path` (a key, then keys or numbers of items below) is written.

        Of what is not written, the place of what would hold it; of nothing, that of the id.
        """
        return place_below(self.node, *path or ("id",))


class Content(Struct, frozen=True):
    """What one file holds; `findings` say what could not be read."""

    findings: Findings
    questions: list[Loaded] = []
    topic: Topic | None = None


class Bank(Struct):
    """All questions that could be read, the topics, and the findings of reading."""

    questions: list[Loaded]
    topics: dict[str, Topic]
    findings: list[Finding]


def load(root: Path) -> Bank:
    """Read the bank at `root`; findings say what could not be read."""
    bank = Bank([], {}, [])
    files = bank_files(root, bank.findings)
    with without_collector():
        for file in files:
            content = read_file(file)
            bank.findings += content.findings
            bank.questions += content.questions
            if content.topic is not None:
                bank.topics[file.topic] = content.topic
    return bank


def read_file(file: BankFile) -> Content:
    """Read one file."""
    findings = Findings(file.name)
    try:
        data = file.path.read_bytes()
    except OSError as error:
        findings.add(START, "unreadable", problem=error.strerror or type(error).__name__)
        return Content(findings)
    root = compose(data, findings)
    if root is None or not _is_current(root, findings):
        return Content(findings)
    if file.is_topic:
        topic = reader(Topic)(root, findings)
        return Content(findings, topic=None if topic is BAD else topic)
    return Content(findings, _questions(root, file, findings))


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector off: nodes have no cycles, and its walks double the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _is_current(root: Node, findings: Findings) -> bool:
    """Check `format` first: a newer file deserves one sentence, not a hundred findings."""
    written = child(root, "format") if isinstance(root, Mapping) else None
    if not isinstance(written, Scalar) or written.value == str(FORMAT):
        return True
    findings.add(place(written), "format", got=written.value[:20], known=FORMAT)
    return False


def _questions(root: Node, file: BankFile, findings: Findings) -> list[Loaded]:
    """Read the questions one by one, so that a bad one does not hide the good ones."""
    items = child(root, "questions") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(items, Sequence) or not items.value:
        reader(Group)(root, findings)
        return []
    reader(_Frame)(root, findings)
    read = reader(Question)
    loaded = ((read(node, findings), node) for node in items.value)
    names = _generators(file.twin)
    return [Loaded(question, file, node, names) for question, node in loaded if question is not BAD]


def _generators(twin: Path) -> frozenset[str]:
    """Return the names of a twin's functions; not parsed, which would take as long as the YAML."""
    try:
        source = twin.read_bytes()
    except OSError:
        return frozenset()
    return frozenset(name.decode() for name in _FUNCTION.findall(source))


class _Frame(Struct, frozen=True):
    """The keys of a file, without its questions."""

    format: int
    questions: object
