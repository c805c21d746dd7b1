"""Compile a bank into an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from prep.bank.index import Entry, Head, pack
from prep.bank.load import Bank, Loaded, load
from prep.bank.places import Findings
from prep.bank.rules.structure import check_structure
from prep.bank.variants import is_drawn
from prep.core.guess import guess_rate
from prep.core.search import searchable

if TYPE_CHECKING:
    from pathlib import Path

    from prep.model.finding import Finding
    from prep.model.question import Question


def build(root: Path, stats: bytes, content: bytes) -> tuple[bytes | None, list[Finding]]:
    """Return the index of the bank at `root`, or None and what is wrong with the bank."""
    bank = load(root)
    findings = [*bank.findings, *_duplicates(bank)]
    for loaded in bank.questions:
        findings += check_structure(loaded)
    if findings:
        return None, sorted(findings)
    body = bytearray()
    entries = [_entry(loaded, body) for loaded in bank.questions]
    head = Head(
        stats=stats,
        content=content,
        topics={name: topic.name for name, topic in bank.topics.items()},
        tags={name: {tag.id: tag.name for tag in topic.tags} for name, topic in bank.topics.items()},
        entries=entries,
    )
    search = "\n".join(_search_text(loaded.question) for loaded in bank.questions)
    return pack(head, bytes(body), search.encode()), []


def _duplicates(bank: Bank) -> Findings:
    findings = Findings("")
    seen: set[str] = set()
    for loaded in bank.questions:
        name = loaded.question.id
        if name in seen:
            findings.file = loaded.file.name
            findings.add(loaded.place(), "duplicate-id", id=name, file=loaded.file.topic)
        seen.add(name)
    return findings


def _entry(loaded: Loaded, body: bytearray) -> Entry:
    question = loaded.question
    data = msgspec.msgpack.encode(question)
    offset = len(body)
    body += data
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
        size=len(data),
    )


def _search_text(question: Question) -> str:
    """Join what a learner may look for; not the key of a typed question."""
    parts = [question.id, *question.tags]
    for text in (question.prompt, question.explanation):
        parts += [text.en, text.zh]
    parts.append(question.code or "")
    return searchable(" ".join(parts))
