"""Gradings as JUnit XML: one suite for each exercise, one case for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from prep.ui.grade import measured, message
from prep.ui.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.model.exercise import Check, Exercise
    from prep.model.verdict import CheckResult, Report
    from prep.ui.words import Words

_KINDS = {"failed": "failure", "error": "error", "timed_out": "error"}


def junit_xml(graded: Sequence[tuple[Exercise, Report]], words: Words) -> bytes:
    """Return the document, in UTF-8.

    A check that did not run is an error when nothing else would tell that the verdict is bad:
    absence must not look like success.
    """
    root = Element("testsuites", name="prep grade")
    suites = [_suite(root, exercise, report, words) for exercise, report in graded]
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{sum(report.seconds for _, report in graded):.3f}")
    indent(root)
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _suite(root: Element, exercise: Exercise, report: Report, words: Words) -> Element:
    suite = SubElement(root, "testsuite", name=exercise.id, time=f"{report.seconds:.3f}")
    _properties(suite, exercise, report)
    kinds = [_kind(result, report) for result in report.checks]
    for check, result, kind in zip(exercise.checks, report.checks, kinds, strict=True):
        seconds = f"{result.seconds:.3f}"
        case = SubElement(suite, "testcase", classname=exercise.id, name=result.name, time=seconds)
        if kind:
            _problem(case, kind, check, result, report, words)
    for name, output in (("system-out", report.stdout), ("system-err", report.stderr)):
        if output.kept:
            SubElement(suite, name).text = visible(output.kept)
    suite.set("tests", str(len(kinds)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(kinds.count(kind)))
    return suite


def _properties(suite: Element, exercise: Exercise, report: Report) -> None:
    values = {
        "verdict": report.verdict,
        "score": f"{report.score:.4f}",
        "seed": str(report.seed),
        "device": report.device,
        **{f"weight.{check.name}": str(check.weight) for check in exercise.checks},
    }
    properties = SubElement(suite, "properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=value)


def _kind(result: CheckResult, report: Report) -> str:
    """Return what a case holds; nothing when it passed."""
    if result.outcome == "passed":
        return ""
    if result.outcome != "not_run":
        return _KINDS[result.outcome]
    told = any(check.outcome in _KINDS for check in report.checks)
    return "skipped" if told or not result.counts else "error"


def _problem(
    case: Element, kind: str, check: Check, result: CheckResult, report: Report, words: Words
) -> None:
    whole = words.note(report.note) if report.note is not None else ""
    text = visible(message(result, words) or whole or words.say(f"verdict-{report.verdict}"))
    problem = SubElement(case, kind, message=text, type=result.outcome)
    facts = [
        f"{words.say(f'grade-{name}')}: {value}"
        for name in ("expected", "got", "where")
        if (value := measured(result, name)) is not None
    ]
    frames = [f"{frame.line}: {visible(frame.text)}" for frame in result.frames]
    title, teaches = check.title[words.language], check.teaches[words.language]
    problem.text = "\n".join([title, text, *facts, *frames, teaches])
