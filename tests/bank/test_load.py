"""Reading a whole bank."""

from __future__ import annotations

import gc

import pytest

from prep.bank.load import load, without_collector


def test_the_good_bank_is_read(bank):
    read = load(bank)
    assert [loaded.question.id for loaded in read.questions] == [
        "two-and-two",
        "drawn-sum",
        "which-sum",
    ]
    assert list(read.topics) == ["basics"]
    assert read.findings == []


def test_a_bad_question_hides_no_good_one(bank, group):
    group.write_text(group.read_text("utf-8").replace("value: 4", "value: x"), "utf-8")
    read = load(bank)
    assert [loaded.question.id for loaded in read.questions] == ["drawn-sum", "which-sum"]
    assert [found.code for found in read.findings] == ["not-a-number"]


def test_questions_of_one_generator_are_a_family(bank):
    families = [loaded.family for loaded in load(bank).questions]
    assert families == ["two-and-two", "basics/sums#total", "basics/sums#total"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("prompt", "zh"), (9, 40)),
        (("sources", 0, "url"), (13, 43)),
        (("sources", 7), (13, 14)),
        (("hint", "en"), (3, 5)),
        ((), (3, 9)),
    ],
)
def test_a_place_is_that_of_the_part_or_of_what_would_hold_it(bank, path, place):
    assert load(bank).questions[0].place(*path) == place


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("format: 2\nquestions: [1, 2]\n", ["format"]),
        ("format: [1]\nquestions: [1]\n", ["not-whole", "not-a-mapping"]),
        ("questions: []\n", ["item-count", "missing-key"]),
        ("format: 1\n", ["missing-key"]),
        ("format: 1\nquestions: 5\n", ["not-a-list"]),
        ("format: 1\nquestions: [1]\nquestions: [2]\n", ["duplicate-key", "not-a-mapping"]),
        ("format: 1\nquestions: [1]\nmore: 1\n", ["unknown-key", "not-a-mapping"]),
        ("[1]\n", ["not-a-mapping"]),
        ("just words\n", ["not-a-mapping"]),
    ],
)
def test_the_frame_of_a_file_is_checked(bank, group, text, codes):
    group.write_text(text, "utf-8")
    assert [found.code for found in load(bank).findings] == codes


def test_the_collector_is_as_before_after_an_error():
    assert gc.isenabled()
    with pytest.raises(KeyError), without_collector():
        raise KeyError
    assert gc.isenabled()
