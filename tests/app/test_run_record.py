from __future__ import annotations

import pytest

from prep.app.run_record import Printed, Record
from prep.model.demo import Artefact, Fact, Metric


@pytest.fixture
def printed(tmp_path):
    """Give a stream that keeps what it prints in output.txt."""
    stream = Printed(tmp_path / "output.txt")
    yield stream
    stream.close()


def test_lines_are_given_when_they_end(printed):
    assert printed.take(b"one\ntw") == ["one"]
    assert printed.take(b"o\n\nthree") == ["two"]
    assert printed.take(b"") == ["three"]


def test_a_character_may_come_in_two_pieces(printed):
    data = "损失\n".encode()
    assert printed.take(data[:4]) + printed.take(data[4:]) == ["损失"]
    assert printed.take(b"\xff\n") == ["\ufffd"]


def test_an_endless_line_is_cut(printed):
    assert printed.take(b"x" * 9_000) == ["x" * 500]


def test_the_file_has_a_limit_and_what_was_said_last_is_known(printed, tmp_path):
    for letter in (b"a", b"b"):
        printed.take(letter * 700_000 + b"\n")
    printed.close()
    kept = (tmp_path / "output.txt").read_bytes()
    assert (len(kept), kept.count(b"a")) == (1 << 20, 700_000)
    assert printed.tail == "b" * 3_999 + "\n"


def test_nothing_printed_makes_no_file(printed, tmp_path):
    printed.take(b"")
    printed.close()
    assert not (tmp_path / "output.txt").exists()


def test_a_fact_replaces_one_of_its_name_and_a_file_is_named_once():
    record = Record()
    for event in (Fact("data", "old"), Fact("seed", "1"), Fact("data", "new"), Artefact("a"),
                  Artefact("a"), Metric("loss", 1, 2.0), Metric("loss", 2, 1.0)):  # fmt: skip
        record.add(event)
    assert record.facts == (Fact("data", "new"), Fact("seed", "1"))
    assert record.artefacts == ["a"]
    assert [(curve.steps, curve.values) for curve in record.curves] == [((1, 2), (2.0, 1.0))]
