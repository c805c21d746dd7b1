"""JUnit XML as other programs read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from msgspec import structs

from prep.exercises.catalog import read_exercise
from prep.model.judgement import Note
from prep.model.verdict import CheckResult, Output
from prep.ui.junit import junit_xml
from prep.ui.words import Words
from tests.grading.conftest import HERE
from tests.ui.test_grade import FAILED, FRAME, PASSED, report


@pytest.fixture(scope="module")
def parsed():
    """Return a function: the document about some reports, written and read again."""
    exercise = read_exercise(HERE / "plain")[0]

    def read(*reports, lang="en"):
        pairs = [(exercise, found) for found in reports]
        return ET.fromstring(junit_xml(pairs, Words(lang)))  # noqa: S314 - our own text

    return read


def counts(element):
    return [int(element.get(name)) for name in ("tests", "failures", "errors", "skipped")]


def test_there_is_a_suite_for_each_exercise_and_a_case_for_each_check(parsed):
    root = parsed(report(), FAILED)
    assert (root.tag, counts(root)) == ("testsuites", [6, 1, 0, 0])
    assert [counts(suite) for suite in root] == [[3, 0, 0, 0], [3, 1, 0, 0]]
    cases = root[1].findall("testcase")
    assert [case.get("name") for case in cases] == [check.name for check in PASSED]
    assert {case.get("classname") for case in cases} == {"plain"}


def test_weights_seed_and_device_are_properties(parsed):
    found = {p.get("name"): p.get("value") for p in parsed(FAILED).iter("property")}
    assert found == {
        "verdict": "failed", "score": "0.5000", "seed": "5", "device": "cpu",
        "weight.test_double": "2", "weight.test_total": "1", "weight.test_leaves_input": "1",
    }  # fmt: skip


def test_a_failure_says_what_was_expected_and_what_it_means(parsed):
    (failure,) = parsed(FAILED, lang="zh").iter("failure")
    assert failure.get("message") == "double(x)：3/15 个值不同，最多相差 1.25。"
    assert failure.text.splitlines()[-4:] == ["期望: 2.5", "实际: 3.75", "首处: [0, 1]", "两倍。"]


def test_control_characters_that_xml_forbids_are_escaped(parsed):
    evil = "\x00\x1b[31m\x0b\ufffe]]>&<é你"
    note = Note("grade-raised", {"line": "7", "type": "E", "text": evil})
    frames = (structs.replace(FRAME, text=evil),)
    raised = CheckResult("test_double", "error", note, frames=frames, verdict="failed")
    root = parsed(report("failed", first=raised, stdout=Output(evil, 20)))
    (error,) = root.iter("error")
    assert error.get("message") == "Line 7 raised E: \\x00\\x1b[31m\\x0b\\ufffe]]>&<é你"
    assert root.find("testsuite/system-out").text == "\\x00\\x1b[31m\\x0b\\ufffe]]>&<é你"


def test_a_suite_in_which_nothing_ran_does_not_look_like_success(parsed):
    silent = tuple(structs.replace(check, outcome="not_run") for check in PASSED)
    broken = report("broken", note=Note("grade-empty"), checks=silent)
    root = parsed(broken)
    assert counts(root) == [3, 0, 3, 0]
    assert {error.get("message") for error in root.iter("error")} == {"The file is empty."}


def test_a_check_that_does_not_count_is_skipped(parsed):
    skipped = report(first=CheckResult("test_double", "not_run", counts=False))
    assert counts(parsed(skipped)) == [3, 0, 0, 1]


def test_a_late_check_is_an_error(parsed):
    late = CheckResult("test_double", "timed_out", verdict="timed_out")
    (error,) = parsed(report("timed_out", first=late)).iter("error")
    assert error.get("type") == "timed_out"
