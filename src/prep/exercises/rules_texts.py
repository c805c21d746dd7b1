"""Rules on exercise.yaml beyond its types: languages, names, sources, days."""

from __future__ import annotations

import ast
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from prep.bank.rules.words import check_scripts, texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from prep.bank.places import Findings
    from prep.exercises.opened import Opened
    from prep.model.text import Text

_FIRST_DAY: Final = date(2020, 1, 1)
_CODE: Final = re.compile(r"`[^`]*`")
_WORD: Final = re.compile(r"[A-Za-z]{3,}")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_PROSE: Final = 2


def check_texts(opened: Opened, *, topics: Collection[str], today: date) -> Findings:
    """Return what is wrong with exercise.yaml itself."""
    findings = opened.findings("exercise.yaml")
    exercise = opened.exercise
    if exercise.id != opened.folder.name:
        findings.add(opened.place("id"), "id-not-folder", id=exercise.id)
    if exercise.topic not in topics:
        known = ", ".join(sorted(topics))
        findings.add(opened.place("topic"), "topic-unknown", got=exercise.topic, known=known)
    for path, text in texts(exercise):
        before = len(findings)
        check_scripts(opened.place, path, text, findings)
        # What an entry returns is mostly code.
        if len(findings) == before and path[0] != "entries" and _is_untranslated(text):
            where = opened.place(*path, "zh")
            findings.add(where, "untranslated", field=path[0], got=text.zh[:40])
    _check_entries(opened, findings)
    _check_sources(opened, findings, today)
    return findings


def _is_untranslated(text: Text) -> bool:
    """Return whether the English has words to translate, and the Chinese has none of its own."""
    words = _WORD.findall(_CODE.sub("", text.en))
    return len(words) >= _PROSE and not _CHINESE.search(text.zh)


def _check_entries(opened: Opened, findings: Findings) -> None:
    for number, entry in enumerate(opened.exercise.entries):
        if entry.name not in _called(entry.call):
            where = opened.place("entries", number, "call")
            findings.add(where, "call-other", name=entry.name, got=entry.call)


def _called(code: str) -> set[str]:
    try:
        tree = ast.parse(code, mode="eval")
    except (SyntaxError, ValueError):
        return set()
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {each.id for each in calls if isinstance(each, ast.Name)}


def _check_sources(opened: Opened, findings: Findings, today: date) -> None:
    exercise, seen = opened.exercise, set()
    for number, source in enumerate(exercise.sources):
        where = opened.place("sources", number, "url")
        if not source.url.startswith("https://"):
            findings.add(where, "source-not-https", url=source.url)
        if source.url in seen:
            findings.add(where, "same-source", url=source.url)
        seen.add(source.url)
    if not _FIRST_DAY <= exercise.checked <= today:
        findings.add(opened.place("checked"), "unlikely-date", got=exercise.checked)
