"""The bank's texts that exercises carry along, made from the bank.

`python -m tests.exercises.snapshots` writes them anew: after questions were added or edited.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from prep.app.realise import Bank
from prep.cli.places import shipped
from prep.model.text import LANGUAGES
from tests.making import index_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.index import Entry
    from prep.model.question import Question

# Question → topic, with a group that must not be split: variants of one generator are alike.
CLASSIFIED = ("bert-cls", "transformer-cls")
# Passages to answer from: what is asked, and the explanation.
PASSAGES = "llm-qa"

Row = dict[str, str]


def rows(exercise: str) -> list[Row]:
    """Return the lines of an exercise's data as the bank has them now."""
    with tempfile.TemporaryDirectory() as cache:
        bank = Bank(index_of(shipped("questions"), Path(cache)))
        return list(_passages(bank) if exercise == PASSAGES else _classified(bank))


def kept(exercise: str) -> list[Row]:
    """Return the lines that the exercise carries."""
    return [json.loads(line) for line in _file(exercise).read_text("utf-8").splitlines()]


def write(exercise: str) -> None:
    """Write the data of an exercise anew."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(exercise)]
    _file(exercise).write_text("".join(lines), encoding="utf-8")


def _file(exercise: str) -> Path:
    return shipped("exercises") / exercise / "data.jsonl"


def _classified(bank: Bank) -> Iterator[Row]:
    for entry in sorted(bank.index.entries, key=lambda entry: entry.id):
        question = _drawn(bank, entry)
        for language in LANGUAGES:
            yield {
                "text": question.prompt[language],
                "topic": entry.topic,
                "language": language,
                "group": entry.family,
            }


def _passages(bank: Bank) -> Iterator[Row]:
    """Yield the questions that are passages already: the grader's cases are about those."""
    names = dict.fromkeys(row["id"].rpartition(".")[0] for row in kept(PASSAGES))
    for name in names:
        question = bank.index.question(bank.entry(name))
        for language in LANGUAGES:
            yield {
                "id": f"{name}.{language}",
                "language": language,
                "question": question.prompt[language],
                "text": question.explanation[language],
            }


def _drawn(bank: Bank, entry: Entry) -> Question:
    """Return a question with numbers that are always the same."""
    return bank.question(entry, int(hashlib.sha256(entry.id.encode()).hexdigest()[:8], 16))


if __name__ == "__main__":
    for name in (*CLASSIFIED, PASSAGES):
        write(name)
