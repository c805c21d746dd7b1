"""Which files make a bank: `<root>/<topic>/topic.yaml`, `<group>.yaml` and `<group>.py`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from prep.errors import EnvironmentLacksError
from prep.model.finding import Finding

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TWIN = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_IGNORED = {"__pycache__", "README.md"}
# What the source articles ask and get wrong: data beside the questions, none of its own.
ARTICLES = "articles.yaml"


class BankFile(Struct, frozen=True):
    """One YAML file of a bank; `name` is its path under the root, with forward slashes."""

    path: Path
    name: str
    topic: str
    group: str

    @property
    def is_topic(self) -> bool:
        """Return whether this is a `topic.yaml`."""
        return self.group == "topic"

    @property
    def twin(self) -> Path:
        """Return the path of the generators beside this file."""
        return self.path.with_suffix(".py")


def bank_files(root: Path, findings: list[Finding] | None = None) -> list[BankFile]:
    """Return the YAML files of the bank at `root`, sorted; strays are added to `findings`."""
    files: list[BankFile] = []
    strays: list[Finding] = []
    for folder in entries(root):
        if not is_dir(folder):
            if folder.name != ARTICLES:
                strays.append(_finding(folder.name, "stray-file"))
            continue
        if not _NAME.fullmatch(folder.name):
            strays.append(_finding(folder.name, "stray-file"))
        found, below = _topic_files(folder)
        files += found
        strays += below
    if findings is not None:
        findings += strays
    return files


def entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, sorted by name, without what is hidden or ignored.

    Through `scandir`, which knows the kinds of the entries: every start looks at them all.
    """
    try:
        with os.scandir(folder) as found:
            visible = [entry for entry in found if not _is_ignored(entry.name)]
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise EnvironmentLacksError("file-unreadable", path=str(folder), problem=problem) from error
    return sorted(visible, key=lambda entry: entry.name)


def is_dir(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a folder; a link that leads round in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED


def _topic_files(folder: os.DirEntry[str]) -> tuple[list[BankFile], list[Finding]]:
    files: list[BankFile] = []
    strays: list[Finding] = []
    for entry in entries(folder.path):
        stem, suffix = Path(entry.name).stem, Path(entry.name).suffix
        name = f"{folder.name}/{entry.name}"
        if suffix == ".yaml" and _NAME.fullmatch(stem) and _is_file(entry):
            files.append(BankFile(Path(entry.path), name, folder.name, stem))
        elif not (suffix == ".py" and _TWIN.fullmatch(stem) and _is_file(entry)):
            strays.append(_finding(name, "stray-file"))
    if not any(file.is_topic for file in files):
        strays.append(_finding(f"{folder.name}/topic.yaml", "missing-topic-file"))
    return files, strays


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _finding(name: str, code: str) -> Finding:
    return Finding(name, 1, 1, code)
