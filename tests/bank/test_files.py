"""Which files make a bank."""

from __future__ import annotations

import os

import pytest

from prep.bank.files import bank_files
from prep.errors import EnvironmentLacksError


def strays(root):
    findings = []
    files = [file.name for file in bank_files(root, findings)]
    return files, [(found.file, found.code) for found in findings]


def test_groups_and_topics_are_found_in_order(bank):
    assert strays(bank) == (["basics/sums.yaml", "basics/topic.yaml"], [])


def test_the_twin_lies_beside_its_file(bank):
    assert bank_files(bank)[0].twin == bank / "basics" / "sums.py"


@pytest.mark.parametrize(
    "name", ["a.txt", "A.yaml", "a.yml", "a_b.yaml", "a b.yaml", "é.yaml", "a.YAML"]
)
def test_other_files_are_strays(bank, name):
    (bank / "basics" / name).touch()
    assert (f"basics/{name}", "stray-file") in strays(bank)[1]


@pytest.mark.parametrize("name", [".hidden", "README.md", "__pycache__"])
def test_what_is_no_part_of_a_bank_is_passed_over(bank, name):
    (bank / name).touch()
    (bank / "basics" / name).touch()
    assert strays(bank)[1] == []


def test_a_folder_named_like_a_file_is_a_stray(bank):
    (bank / "basics" / "more.yaml").mkdir()
    (bank / "basics" / "more.py").mkdir()
    assert strays(bank)[1] == [("basics/more.py", "stray-file"), ("basics/more.yaml", "stray-file")]


def test_links_in_a_circle_are_strays(bank):
    (bank / "basics" / "loop.yaml").symlink_to("loop.yaml")
    (bank / "ring").symlink_to("ring")
    (bank / "basics" / "gone.yaml").symlink_to("nowhere.yaml")
    files, found = strays(bank)
    assert len(files) == 2
    assert sorted(name for name, _ in found) == ["basics/gone.yaml", "basics/loop.yaml", "ring"]


def test_a_link_to_the_bank_itself_ends(bank):
    (bank / "again").symlink_to(bank)
    assert ("again/basics", "stray-file") in strays(bank)[1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(bank):
    os.mkfifo(bank / "basics" / "pipe.yaml")
    assert strays(bank)[1] == [("basics/pipe.yaml", "stray-file")]


def test_a_folder_that_cannot_be_listed_is_one_error(tmp_path):
    with pytest.raises(EnvironmentLacksError, match="file-unreadable"):
        bank_files(tmp_path / "nowhere")


def test_a_topic_without_its_file_is_found(bank):
    (bank / "basics" / "topic.yaml").unlink()
    assert strays(bank)[1] == [("basics/topic.yaml", "missing-topic-file")]
