"""Which files make a bank: `<root>/<topic>/topic.yaml`, `<group>.yaml` and `<group>.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from prep.bank.places import Findings, Place

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_TWIN = re.compile(r"^[a-z0-9]+([-_][a-z0-9]+)*$")
_IGNORED = {"__pycache__", "README.md"}


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


def bank_files(root: Path, findings: list[Findings] | None = None) -> list[BankFile]:
    """Return the YAML files of the bank at `root`, sorted; strays become findings."""
    files: list[BankFile] = []
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or folder.name in _IGNORED:
            continue
        if not folder.is_dir():
            _stray(findings, folder.name)
            continue
        if not _NAME.match(folder.name):
            _stray(findings, folder.name)
        files += _topic_files(folder, findings)
    return files


def _topic_files(folder: Path, findings: list[Findings] | None) -> list[BankFile]:
    files = []
    for path in sorted(folder.iterdir()):
        name = f"{folder.name}/{path.name}"
        if path.name.startswith(".") or path.name in _IGNORED:
            continue
        if path.suffix == ".yaml" and _NAME.match(path.stem) and path.is_file():
            files.append(BankFile(path, name, folder.name, path.stem))
        elif not (path.suffix == ".py" and _TWIN.match(path.stem)):
            _stray(findings, name)
    if findings is not None and not any(file.is_topic for file in files):
        _report(findings, f"{folder.name}/topic.yaml", "missing-topic-file")
    return files


def _stray(findings: list[Findings] | None, name: str) -> None:
    if findings is not None:
        _report(findings, name, "stray-file")


def _report(findings: list[Findings], name: str, code: str) -> None:
    found = Findings(name)
    found.add(Place(1, 1), code)
    findings.append(found)
