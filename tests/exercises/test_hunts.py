"""The bugs of a bug hunt as differences of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.exercises.hunts import read_hunt

REFERENCE = '"""Right."""\na = 1\nb = 2\nc = 3\nd = 4\ne = 5\n'
STARTER = '"""Two bugs."""\n\na = 10\nb = 2\nc = 30\nd = 4\ne = 5\nf = 6\n'


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a hunt: its starter and its wrong samples."""

    def write(starter=STARTER, **wrong):
        (tmp_path / "samples/wrong").mkdir(parents=True, exist_ok=True)
        (tmp_path / "reference.py").write_text(REFERENCE)
        (tmp_path / "starter.py").write_text(starter)
        for name, body in wrong.items():
            text = f'"""Wrong.\n\nfails: test_{name}\n"""\n\n{body}'
            (tmp_path / f"samples/wrong/{name}.py").write_text(text)
        return read_hunt(tmp_path)

    return write


ONE = "a = 10\nb = 2\nc = 3\nd = 4\ne = 5\n"
TWO = "a = 1\nb = 2\nc = 30\nd = 4\ne = 5\nf = 6\n"


def test_each_bug_is_a_sample_that_differs_where_the_starter_does(write):
    hunt = write(one=ONE, two=TWO)
    assert [(bug.file, bug.checks) for bug in hunt.bugs] == [
        ("one.py", ("test_one",)),
        ("two.py", ("test_two",)),
    ]
    assert hunt.is_whole()


def test_one_bug_fixed_leaves_the_others(write):
    hunt = write(one=ONE, two=TWO)
    assert [hunt.fixed(bug) for bug in hunt.bugs] == [TWO.rstrip(), ONE.rstrip()]


def test_a_wrong_fix_is_no_planted_bug(write):
    hunt = write(one=ONE, two=TWO, other=ONE.replace("a = 10", "a = 11"))
    assert [bug.file for bug in hunt.bugs] == ["one.py", "two.py"]
    assert hunt.is_whole()


def test_a_bug_without_a_sample_leaves_the_starter_unexplained(write):
    assert not write(one=ONE).is_whole()


@given(st.sets(st.integers(0, 9)))
def test_bugs_on_lines_of_their_own_are_told_apart(tmp_path_factory, wrong):
    folder = tmp_path_factory.mktemp("hunt")
    (folder / "samples/wrong").mkdir(parents=True)
    lines = [text for number in range(10) for text in (f"a{number} = 0", f"b{number} = 0")]
    starter = [line.replace(" 0", " 1") if int(line[1]) in wrong else line for line in lines[::2]]
    mixed = [text for pair in zip(starter, lines[1::2], strict=True) for text in pair]
    (folder / "reference.py").write_text("\n".join(lines))
    (folder / "starter.py").write_text("\n".join(mixed))
    for number in wrong:
        text = "\n".join(lines).replace(f"a{number} = 0", f"a{number} = 1")
        (folder / f"samples/wrong/{number}.py").write_text(text)
    hunt = read_hunt(folder)
    assert hunt.is_whole()
    assert len(hunt.bugs) == len(wrong)
