"""The check of an exercise: a table of samples and checks, then what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from prep.ui.wrap import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prep.model.dev import ExerciseCheck, MutantFate, Row, Step
    from prep.model.finding import Finding
    from prep.ui.words import Words

_MARKS = {"passed": "✓", "failed": "✗", "error": "!", "timed_out": "!", "not_run": "·"}
_CELL = 3
_WIDEST_NAME, _NARROWEST_NAME = 30, 12


def check_screen(check: ExerciseCheck, words: Words, *, prefix: str, width: int) -> Iterator[Text]:
    """Yield everything about one exercise; `prefix` leads to the folder of the exercises."""
    draft = " " + words.say("dev-draft") if check.draft else ""
    yield Text.assemble((check.exercise, "topic"), (draft, "quiet"))
    if check.rows:
        yield from _table(check, words, width)
    fates = {fate.name: fate for fate in check.mutants or ()}
    for finding in check.findings:
        yield finding_line(finding, words, prefix)
        if finding.code == "mutant-survived":
            yield from _survivor(fates[finding.values["name"]])
    if check.mutants is not None:
        yield Text(_mutants(check.mutants, words))
    if check.lacking is not None:
        yield Text(words.say("dev-not-run", reason=words.note(check.lacking)), style="partly")
    yield Text(_summary(check, words), style="wrong" if check.findings else "right")


def finding_line(finding: Finding, words: Words, prefix: str) -> Text:
    """Return one finding as `file:line:column code sentence`."""
    place = f"{prefix}{finding.file}:{finding.line}:{finding.column}"
    sentence = words.say(f"finding-{finding.code}", **finding.values)
    return Text(f"{place} {finding.code} {sentence}")


def step_line(step: Step, words: Words) -> str:
    """Return what was graded last."""
    mark = "✓" if step.sound else "✗"
    kind = words.say(f"dev-kind-{step.kind}")
    return f"{step.exercise} {step.done}/{step.total} {mark} {kind} {step.name}"


def check_view(check: ExerciseCheck, words: Words) -> dict[str, object]:
    """Return one exercise as plain data."""
    return {
        "id": check.exercise,
        "draft": check.draft,
        "findings": [_finding_view(finding, words) for finding in check.findings],
        "samples": [_row_view(row, check.checks) for row in check.rows],
        "gradings": check.gradings,
        "junk": check.junk,
        "mutants": None if check.mutants is None else _mutants_view(check.mutants),
        "lacking": words.note(check.lacking) if check.lacking else None,
        "seconds": check.seconds,
    }


def _table(check: ExerciseCheck, words: Words, width: int) -> Iterator[Text]:
    """Yield samples as lines and checks as columns, in as many blocks as the width asks for."""
    names = [_name(row, words) for row in check.rows]
    widest = max(_NARROWEST_NAME, min(_WIDEST_NAME, width // 2 - 2, max(map(cell_len, names))))
    columns = max(1, (width - widest - 1) // _CELL)
    for start in range(0, len(check.checks), columns):
        part = range(start, min(start + columns, len(check.checks)))
        numbers = "".join(f"{number + 1:>2} " for number in part)
        yield Text(" " * (widest + 1) + numbers.rstrip(), style="quiet")
        for name, row in zip(names, check.rows, strict=True):
            yield _line(_fit(name, widest), row, check.checks, part)
    yield from wrapped(Text(words.say("dev-marks"), style="quiet"), width)
    for number, name in enumerate(check.checks):
        yield Text(f"{number + 1:>2} {name}", style="quiet")


def _line(name: str, row: Row, checks: Sequence[str], part: range) -> Text:
    line = Text(f"{name} ", style="" if row.sound else "wrong")
    for number in part:
        outcome, named = row.outcomes[number], checks[number] in row.named
        mark = _MARKS[outcome]
        line.append(f"[{mark}]" if named else f" {mark} ", style=_style(row, outcome, named=named))
    line.rstrip()
    return line


def _style(row: Row, outcome: str, *, named: bool) -> str:
    if row.kind == "wrong":
        if named:
            return "right" if outcome == "failed" else "wrong"
        return "quiet" if outcome in {"passed", "not_run"} else ""
    return "right" if outcome == "passed" else "wrong"


def _name(row: Row, words: Words) -> str:
    kind = words.say(f"dev-kind-{row.kind}")
    return kind if row.kind == "reference" else f"{kind} {row.name}"


def _fit(name: str, width: int) -> str:
    if cell_len(name) > width:
        return set_cell_size(name, width - 1) + "…"
    return set_cell_size(name, width)


def _survivor(fate: MutantFate) -> Iterator[Text]:
    """Yield what was changed, and the mark that an author may paste into exercise.yaml."""
    for sign, lines in (("-", fate.removed), ("+", fate.added)):
        for line in lines:
            yield Text(f"    {sign} {line}", style="code")
    name = json.dumps(fate.name, ensure_ascii=False)
    yield Text(f"    {{mutant: {name}, reason: …}}", style="quiet")


def _mutants(fates: Sequence[MutantFate], words: Words) -> str:
    counts = _counts(fates)
    return words.say("dev-mutants", total=len(fates), **counts)


def _counts(fates: Sequence[MutantFate]) -> dict[str, int]:
    return {
        "killed": sum(bool(fate.killed_by) for fate in fates),
        "equivalent": sum(bool(fate.reason) and not fate.killed_by for fate in fates),
        "left": sum(fate.survived for fate in fates),
    }


def _summary(check: ExerciseCheck, words: Words) -> str:
    return words.say(
        "dev-summary",
        id=check.exercise,
        gradings=check.gradings,
        junk=check.junk,
        seconds=f"{check.seconds:.0f}",
        findings=len(check.findings),
    )


def _finding_view(finding: Finding, words: Words) -> dict[str, object]:
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "message": words.say(f"finding-{finding.code}", **finding.values),
    }


def _row_view(row: Row, checks: Sequence[str]) -> dict[str, object]:
    return {
        "kind": row.kind,
        "name": row.name,
        "sound": row.sound,
        "named": list(row.named),
        "checks": dict(zip(checks, row.outcomes, strict=True)),
    }


def _mutants_view(fates: Sequence[MutantFate]) -> dict[str, object]:
    left = [fate for fate in fates if fate.survived]
    counts = _counts(fates)
    return {
        "total": len(fates),
        "killed": counts["killed"],
        "equivalent": counts["equivalent"],
        "survivors": [
            {
                "name": fate.name,
                "line": fate.line,
                "removed": list(fate.removed),
                "added": list(fate.added),
            }
            for fate in left
        ],
    }
