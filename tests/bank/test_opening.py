"""When the cached index is used, when it is built anew, and what a bad cache does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prep.bank import build as build_module
from prep.bank import index as index_module
from prep.bank import opening
from prep.bank.opening import open_index
from prep.core.search import matches
from prep.errors import EnvironmentLacksError

OLD = time.time() - 1000


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch):
    """Count the builds."""
    calls = []
    build = build_module.build
    monkeypatch.setattr(build_module, "build", lambda *given: calls.append(given) or build(*given))
    return calls


@pytest.fixture
def aged(bank, cache, monkeypatch):
    """Return a bank with an index, as if both had been there for long."""
    monkeypatch.setattr(opening, "_RACY_NS", -(10**12))
    assert ids(bank, cache) == ["two-and-two", "drawn-sum", "which-sum"]
    return bank


def ids(bank, cache):
    index, findings = open_index(bank, cache)
    assert findings == []
    return [entry.id for entry in index.entries]


def cached(cache):
    (path,) = cache.iterdir()
    return path


def test_an_unchanged_bank_is_neither_read_nor_built(aged, cache, builds, monkeypatch):
    monkeypatch.setattr(opening, "_content", lambda _root: pytest.fail("read"))
    assert len(ids(aged, cache)) == 3
    assert builds == []


def test_a_changed_file_is_built_anew(aged, cache, group, builds):
    group.write_text(group.read_text("utf-8").replace("two-and-two", "two-plus-two"), "utf-8")
    assert ids(aged, cache)[0] == "two-plus-two"
    assert len(builds) == 1


def test_a_touched_file_is_compared_once_and_not_built(aged, cache, group, builds):
    os.utime(group, (OLD, OLD))
    assert len(ids(aged, cache)) == 3
    before = cached(cache).stat().st_ino
    assert len(ids(aged, cache)) == 3
    assert (builds, cached(cache).stat().st_ino) == ([], before)


def test_a_new_file_and_a_removed_one_are_seen(aged, cache, group, builds):
    text = group.read_text("utf-8").replace("id: ", "id: more-")
    (group.parent / "more.yaml").write_text(
        text.replace("computed: total", "computed: sum"), "utf-8"
    )
    (group.parent / "more.py").write_text("def sum(draw):\n    pass\n")
    assert len(ids(aged, cache)) == 6
    (group.parent / "more.yaml").unlink()
    (group.parent / "more.py").unlink()
    assert len(ids(aged, cache)) == 3
    assert len(builds) == 2


def test_an_edit_of_the_same_size_in_the_same_tick_is_seen(bank, cache, group):
    assert ids(bank, cache)[0] == "two-and-two"
    stat = group.stat()
    group.write_text(group.read_text("utf-8").replace("two-and-two", "two-and-six"), "utf-8")
    os.utime(group, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert ids(bank, cache)[0] == "two-and-six"


def test_a_file_from_the_future_is_compared_every_time(bank, cache, group, builds):
    later = time.time() + 10**6
    os.utime(group, (later, later))
    for _ in range(3):
        ids(bank, cache)
    group.write_text(group.read_text("utf-8").replace("two-and-two", "two-and-six"), "utf-8")
    os.utime(group, (later, later))
    assert ids(bank, cache)[0] == "two-and-six"
    assert len(builds) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"x" * len(data),
        lambda data: data[:40] + b"\xc1" * 40 + data[80:],
        lambda data: data[:8] + b"\xff" * 24 + data[32:],
    ],
)
def test_a_damaged_cache_is_built_anew(aged, cache, builds, damage):
    path = cached(cache)
    path.write_bytes(damage(path.read_bytes()))
    assert len(ids(aged, cache)) == 3
    assert len(builds) == 1


def test_another_version_of_the_cache_is_built_anew(aged, cache, builds, monkeypatch):
    monkeypatch.setattr(index_module, "VERSION", index_module.VERSION + 1)
    assert len(ids(aged, cache)) == 3
    assert len(builds) == 1


def test_a_damaged_question_is_one_error_and_heals_at_the_next_start(aged, cache, builds):
    path = cached(cache)
    data = path.read_bytes()
    at = data.index(b"\xa4type")
    path.write_bytes(data[:at] + b"\xc1" * 5 + data[at + 5 :])
    index, _ = open_index(aged, cache)
    with pytest.raises(EnvironmentLacksError, match="file-unreadable"):
        index.question(index.entries[0])
    assert len(ids(aged, cache)) == 3
    assert len(builds) == 1


def test_a_cache_that_cannot_be_written_costs_only_time(bank, tmp_path, builds):
    (tmp_path / "file").touch()
    for _ in range(2):
        index, _ = open_index(bank, tmp_path / "file")
        assert index.question(index.entries[0]).id == "two-and-two"
    assert len(builds) == 2


def test_a_failed_write_leaves_nothing_behind(bank, cache, monkeypatch):
    def refuse(*_given):
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    assert len(ids(bank, cache)) == 3
    assert list(cache.iterdir()) == []


def test_a_broken_bank_gives_findings_and_keeps_the_old_index(aged, cache, group):
    good = group.read_text("utf-8")
    before = cached(cache).read_bytes()
    group.write_text(good.replace("value: 4", "value: x"), "utf-8")
    index, findings = open_index(aged, cache)
    assert (index, [found.code for found in findings]) == (None, ["not-a-number"])
    assert cached(cache).read_bytes() == before


def test_a_broken_link_is_a_finding(bank, cache):
    (bank / "basics" / "gone.yaml").symlink_to("nowhere")
    index, findings = open_index(bank, cache)
    assert (index, [found.code for found in findings]) == (None, ["stray-file"])


def test_two_banks_share_a_cache_folder(bank, cache, tmp_path):
    other = bank.rename(tmp_path / "other")
    ids(other, cache)
    other.rename(bank)
    ids(bank, cache)
    assert len(list(cache.iterdir())) == 2


def test_processes_that_build_at_once_all_open_it(bank, cache):
    script = (
        "import sys, pathlib; from prep.bank.opening import open_index;"
        "index, _ = open_index(*map(pathlib.Path, sys.argv[1:]));"
        "print(*(index.question(e).id for e in index.entries))"
    )
    command = [sys.executable, "-c", script, str(bank), str(cache)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0].strip() for process in started}
    assert said == {"two-and-two drawn-sum which-sum"}
    assert len(list(cache.iterdir())) == 1


def test_the_index_holds_each_question_as_it_was_read(bank, cache):
    from prep.bank.load import load

    index, _ = open_index(bank, cache)
    read = load(bank)
    assert [index.question(entry) for entry in index.entries] == [
        loaded.question for loaded in read.questions
    ]
    assert index.by_id["drawn-sum"].drawn
    assert index.twin(index.by_id["drawn-sum"]) == bank / "basics" / "sums.py"


def test_the_search_text_has_a_line_for_each_question(bank, cache):
    index, _ = open_index(bank, cache)
    lines = index.search_lines()
    assert len(lines) == len(index.entries)
    assert [index.entries[at].id for at in matches(lines, "合")] == ["which-sum"]
