"""One run of pytest on one checks.py."""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prep.grading.judge.plugin import Judge
from prep.wire.channel import send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from prep.wire.messages import Brief

_OPTIONS = [
    "--assert=plain",
    "--import-mode=importlib",
    "--noconftest",
    *(
        f"-pno:{plugin}"
        for plugin in (
            "cacheprovider",
            "terminal",
            "faulthandler",
            "logging",
            "capture",
            "unraisableexception",
            "threadexception",
            "warnings",
            "junitxml",
            "doctest",
            "unittest",
            # What checks have no use for; each costs a little in every grading.
            "debugging",
            "legacypath",
            "monkeypatch",
            "pastebin",
            "recwarn",
            "setuponly",
            "setupplan",
            "stepwise",
            "subtests",
            "tmpdir",
        )
    ),
]
_STUDY = {"torch", "tensorflow", "keras", "transformers", "sklearn", "solution", "reference"}


class _NoStudyLibraries(importlib.abc.MetaPathFinder):
    """The judge must stay what it is, whatever an author imports."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Refuse what belongs into a worker."""
        del path, target
        if name.partition(".")[0] in _STUDY:
            raise ImportError(f"checks.py may not import {name}: let a probe do it")


def settle() -> dict[str, str]:
    """Prepare this process for being forked; return what it has loaded."""
    # Loaded here, so that a fork need not.
    importlib.import_module("prep.grading.checks")
    pytest.main(_options(Path(__file__).with_name("rehearsal.py")))
    sys.meta_path.insert(0, _NoStudyLibraries())
    gc.collect()
    gc.freeze()
    return {"pytest": pytest.__version__, "numpy": np.__version__}


def judge(brief: Brief, ends: list[int]) -> None:
    """Run the checks of one exercise; the one end leads to the supervisor."""
    control = socket.socket(fileno=ends[0])
    plugin = Judge(control, brief)
    options = _options(Path(brief.folder, "checks.py"))
    code = pytest.main(options, plugins=[plugin])
    problem = "" if code in {0, 1} else f"pytest ended with {int(code)}"
    send(control, plugin.finished(problem))


def _options(file: Path) -> list[str]:
    # Without a cut, pytest reads every folder above this one.
    places = [f"--rootdir={file.parent}", f"--confcutdir={file.parent}"]
    return [*_OPTIONS, "-c", os.devnull, *places, str(file)]
