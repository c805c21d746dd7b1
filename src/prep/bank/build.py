"""Compile a bank into an index, file by file, so that no file's nodes outlive it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from prep.bank.files import bank_files
from prep.bank.index import Entry, Head, pack
from prep.bank.load import Loaded, read_file, without_collector
from prep.bank.places import Findings, in_order
from prep.bank.rules.structure import check_structure
from prep.bank.variants import is_drawn
from prep.core.guess import guess_rate
from prep.core.search import searchable

if TYPE_CHECKING:
    from pathlib import Path

    from prep.bank.files import BankFile
    from prep.model.finding import Finding
    from prep.model.question import Question


def build(root: Path, stats: bytes, content: bytes) -> tuple[bytes | None, list[Finding]]:
    """Return the index of the bank at `root`, or None and what is wrong with the bank."""
    built = _Built(Head(stats=stats, content=content, topics={}, tags={}, entries=[]))
    with without_collector():
        for file in bank_files(root, built.findings):
            built.add(file)
        if built.findings:
            return None, in_order(built.findings)
        return pack(built.head, b"".join(built.body), "\n".join(built.search).encode()), []


class _Built:
    """An index in the making."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.body: list[bytes] = []
        self.search: list[str] = []
        self.findings: list[Finding] = []
        self._files: dict[str, str] = {}
        self._size = 0

    def add(self, file: BankFile) -> None:
        """Read a file and add its questions."""
        content = read_file(file)
        self.findings += content.findings
        if content.topic is not None:
            self.head.topics[file.topic] = content.topic.name
            self.head.tags[file.topic] = {tag.id: tag.name for tag in content.topic.tags}
        for loaded in content.questions:
            self._add_question(loaded)

    def _add_question(self, loaded: Loaded) -> None:
        self._check_id(loaded)
        self.findings += check_structure(loaded)
        if not self.findings:
            data = msgspec.msgpack.encode(loaded.question)
            self.head.entries.append(_entry(loaded, self._size, len(data)))
            self.body.append(data)
            self._size += len(data)
            self.search.append(_search_text(loaded.question))

    def _check_id(self, loaded: Loaded) -> None:
        name, file = loaded.question.id, loaded.file.name
        if name in self._files:
            found = Findings(file)
            found.add(loaded.place(), "duplicate-id", id=name, file=self._files[name])
            self.findings += found
        self._files.setdefault(name, file)


def _entry(loaded: Loaded, offset: int, size: int) -> Entry:
    question = loaded.question
    return Entry(
        id=question.id,
        topic=loaded.file.topic,
        group=loaded.file.group,
        family=loaded.family,
        level=question.level,
        type=str(type(question).__struct_config__.tag),
        tags=question.tags,
        meaning=question.meaning,
        revision=question.revision,
        drawn=is_drawn(question),
        guess=guess_rate(question),
        exercise=question.exercise,
        offset=offset,
        size=size,
    )


def _search_text(question: Question) -> str:
    """Join what a learner may look for; not the key of a typed question."""
    parts = [question.id, *question.tags]
    for text in (question.prompt, question.explanation):
        parts += [text.en, text.zh]
    parts.append(question.code or "")
    # Part by part: English alone is folded in a third of the time.
    return " ".join(map(searchable, parts))
