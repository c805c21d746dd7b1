"""What counts as a save."""

from __future__ import annotations

import sys
import time

import pytest

from prep.cli import watched_file
from prep.cli.watched_file import WatchedFile


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("one", encoding="utf-8")
    return path


def news(watched):
    """Look until something has happened, or nothing does."""
    found = [watched.look() for _ in range(3)]
    return [said for said in found if said != "same"]


def test_a_save_is_noticed_once(file):
    watched = WatchedFile(file)
    assert news(watched) == []
    file.write_text("two", encoding="utf-8")
    assert news(watched) == ["changed"]
    assert news(watched) == []


def test_a_new_file_in_the_place_of_the_old_one_is_a_save(file):
    watched = WatchedFile(file)
    part = file.with_suffix(".tmp")
    part.write_text("two", encoding="utf-8")
    part.replace(file)
    assert news(watched) == ["changed"]


def test_a_save_of_the_same_text_is_none(file):
    watched = WatchedFile(file)
    time.sleep(0.02)
    file.write_text("one", encoding="utf-8")
    assert news(watched) == []


def test_a_save_of_equal_length_within_the_same_second_is_one(file):
    watched = WatchedFile(file)
    time.sleep(0.02)
    file.write_text("two", encoding="utf-8")
    assert news(watched) == ["changed"]


def test_half_a_file_is_waited_for(file):
    watched = WatchedFile(file)
    with file.open("w", encoding="utf-8") as half:
        half.flush()
        assert watched.look() == "same"
        half.write("whole")
    assert news(watched) == ["changed"]


def test_a_name_that_is_away_for_a_moment_has_not_gone(file):
    watched = WatchedFile(file)
    backup = file.rename(file.with_suffix(".bak"))
    assert news(watched) == []
    backup.rename(file)
    assert news(watched) == []


def test_a_file_that_is_away_for_long_has_gone_and_can_come_back(file, monkeypatch):
    monkeypatch.setattr(watched_file, "_PATIENCE", 0)
    watched = WatchedFile(file)
    file.unlink()
    assert news(watched) == ["gone"]
    assert news(watched) == []
    file.write_text("one", encoding="utf-8")
    assert news(watched) == ["changed"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_the_file_behind_a_link_is_watched(file, tmp_path):
    link = tmp_path / "link.py"
    link.symlink_to(file)
    watched = WatchedFile(link)
    file.write_text("two", encoding="utf-8")
    assert news(watched) == ["changed"]


def test_a_folder_in_its_place_is_a_change_too(file):
    watched = WatchedFile(file)
    file.unlink()
    file.mkdir()
    assert news(watched) == ["changed"]


def test_what_was_taken_is_known(file):
    watched = WatchedFile(file)
    file.write_text("two", encoding="utf-8")
    watched.take()
    assert news(watched) == []
