"""Rules on the two task files: each in its language, the same code, every signature."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from prep.bank.places import START, Place
from prep.exercises.opened import defined, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.bank.places import Findings
    from prep.exercises.opened import Opened
    from prep.model.finding import Finding
    from prep.model.text import Language

_FENCE: Final = re.compile(r"^( *)```[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"`[^`\n]*`")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[A-Za-z]{3,}")
# Words are counted, and so are Chinese characters: text of the other language is a finding when
# it is more than a name or a quotation.
_FEW: Final = 0.1
_MOST_ENGLISH: Final = 1.0
_COMMENT: Final = re.compile(r"\s*#.*$", re.MULTILINE)


def check_tasks(opened: Opened) -> list[Finding]:
    """Return what is wrong with the tasks."""
    found: list[Finding] = []
    for language in ("en", "zh"):
        if opened.has(f"task.{language}.md"):
            found += _language(opened, language)
            found += _signatures(opened, language)
    return found + _twins(opened)


def _language(opened: Opened, language: Language) -> Findings:
    findings = opened.findings(f"task.{language}.md")
    prose = _CODE.sub("", _FENCE.sub("", opened.text(f"task.{language}.md")))
    chinese, words = len(_CHINESE.findall(prose)), len(_WORD.findall(prose))
    if language == "en" and chinese > _FEW * words:
        findings.add(START, "task-language", language="English")
    if language == "zh" and words > _MOST_ENGLISH * chinese:
        findings.add(START, "task-language", language="中文")
    return findings


def _signatures(opened: Opened, language: Language) -> Findings:
    findings = opened.findings(f"task.{language}.md")
    text = opened.text(f"task.{language}.md")
    names = defined(opened.tree("starter.py"))
    for entry in opened.exercise.entries:
        wanted = parameters(names.get(entry.name))
        told = list(_told(text, entry.name))
        if not told or (wanted is not None and wanted not in told):
            shown = ", ".join(wanted or ["…"])
            findings.add(START, "signature-missing", name=entry.name, wanted=shown)
    return findings


def _told(text: str, name: str) -> Iterator[list[str] | None]:
    """Yield the parameters of every signature-like `name(…)`; None of another call."""
    for start in re.finditer(rf"\b{re.escape(name)}\(", text):
        inside = _balanced(text, start.end())
        try:
            tree = ast.parse(f"def f({inside}): pass")
        except (SyntaxError, ValueError):
            yield None
        else:
            yield parameters(tree.body[0])


def _balanced(text: str, start: int) -> str:
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return text[start:place]
    return "("


def _twins(opened: Opened) -> Findings:
    findings = opened.findings("task.zh.md")
    english, chinese = opened.text("task.en.md"), opened.text("task.zh.md")
    if not english or not chinese:
        return findings
    ours, theirs = list(_FENCE.finditer(chinese)), list(_FENCE.finditer(english))
    if len(ours) != len(theirs):
        findings.add(START, "task-blocks", got=len(ours), wanted=len(theirs))
        return findings
    for one, other in zip(ours, theirs, strict=True):
        if _bare(one[2]) != _bare(other[2]):
            line = chinese.count("\n", 0, one.start()) + 1
            findings.add(Place(line, 1), "task-code-differs")
    return findings


def _bare(code: str) -> list[str]:
    """Return code without its comments, which are translated."""
    return [line.rstrip() for line in _COMMENT.sub("", code).splitlines() if line.strip()]
