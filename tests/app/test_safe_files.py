"""Files are there whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
from itertools import count

import pytest

from prep.app.safe_files import exchange, write_new


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_and_nothing_else_left(tmp_path):
    write_new(tmp_path / "a", b"text", "1")
    assert ((tmp_path / "a").read_bytes(), names(tmp_path)) == (b"text", ["a"])


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("what", ["file", "dangling"])
def test_a_name_that_is_taken_is_left_as_it_is(tmp_path, monkeypatch, links, what):
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    if what == "file":
        (tmp_path / "a").write_bytes(b"mine")
    else:
        (tmp_path / "a").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"text", "1")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").is_symlink() == (what == "dangling")


def test_a_drive_without_hard_links_does_too(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    write_new(tmp_path / "a", b"one", "1")
    kept = exchange(tmp_path / "a", b"two", "2", [tmp_path / "b"])
    assert (kept.read_bytes(), (tmp_path / "a").read_bytes()) == (b"one", b"two")
    assert names(tmp_path) == ["a", "b"]


def test_an_exchange_takes_the_first_free_name(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    kept = exchange(tmp_path / "a", b"new", "1", (tmp_path / name for name in "bcdef"))
    assert kept == tmp_path / "d"
    assert [(tmp_path / name).read_bytes() for name in "abcd"] == [b"new", b"b", b"c", b"a"]
    assert names(tmp_path) == ["a", "b", "c", "d"]


def _no_links(*_, **__):
    raise PermissionError


def _exchange(folder, number):
    free = (folder / f"kept{at}" for at in count())
    exchange(folder / "a", b"new%d" % number, str(number), free)


def test_processes_that_exchange_at_once_lose_nothing_that_was_there(tmp_path):
    (tmp_path / "a").write_bytes(b"mine")
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_exchange, args=(tmp_path, n)) for n in range(8)]
    for process in running:
        process.start()
    for process in running:
        process.join(30)
    assert [process.exitcode for process in running] == [0] * 8
    contents = [path.read_bytes() for path in tmp_path.iterdir()]
    assert len(contents) == 9
    assert b"mine" in contents
