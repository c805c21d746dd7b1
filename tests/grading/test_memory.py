"""What the reference has answered once need not be asked again; a solution is always asked."""

from __future__ import annotations

import pytest

from prep.grading.judge.memory import Answers
from prep.wire.values import Packed
from tests.grading.samples import RIGHT, WRONG

CALL = ("solution", "f", Packed(b"x", b"block"), 7)


def test_the_same_call_is_answered_as_before(tmp_path):
    answers = Answers(str(tmp_path))
    assert answers.find(*CALL) is None
    answers.keep(*CALL, Packed(b"structure", b"\x00\x01"))
    assert Answers(str(tmp_path)).find(*CALL) == Packed(b"structure", b"\x00\x01")


@pytest.mark.parametrize(
    "other",
    [
        ("probe", "f", Packed(b"x", b"block"), 7),
        ("solution", "g", Packed(b"x", b"block"), 7),
        ("solution", "f", Packed(b"xb", b"lock"), 7),
        ("solution", "f", Packed(b"x", b"block"), 8),
    ],
)
def test_another_call_is_not(other, tmp_path):
    answers = Answers(str(tmp_path))
    answers.keep(*CALL, Packed(b"structure"))
    assert answers.find(*other) is None


def test_without_a_folder_nothing_is_kept():
    answers = Answers("")
    answers.keep(*CALL, Packed(b"structure"))
    assert answers.find(*CALL) is None


def test_gradings_share_the_reference_and_nothing_else(grade_plain, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    right = grade_plain(RIGHT, answers=folder)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert (right.verdict, len(kept)) == ("passed", 1)
    again, wrong = grade_plain(RIGHT, answers=folder), grade_plain(WRONG, answers=folder)
    assert (again.verdict, wrong.verdict) == ("passed", "failed")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    other = grade_plain(RIGHT, answers=folder, seed=6)
    assert (other.verdict, len(list(folder.iterdir()))) == ("passed", 2)


def test_what_is_kept_is_what_a_solution_is_compared_with(grade_plain, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    grade_plain(RIGHT, answers=folder)
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[-1] ^= 0x40  # another exponent in the last number
    file.write_bytes(data)
    report = grade_plain(RIGHT, answers=folder)
    assert [check.outcome for check in report.checks] == ["failed", "passed", "passed"]
