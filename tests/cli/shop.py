"""Exercises that need numpy only, in the place of the shipped ones."""

from __future__ import annotations

import shutil

from tests.grading.conftest import HERE

# Runs `prep` in a process of its own, with the exercises of the folder that is named first.
LAUNCH = (
    "import sys, pathlib, prep.cli.context, prep.cli.places\n"
    "root = pathlib.Path(sys.argv.pop(1))\n"
    "prep.cli.places.shipped = prep.cli.context.shipped = lambda name: root\n"
    "from prep.cli.main import run\n"
    "run()\n"
)


def make_shop(folder, *names):
    """Copy the plain exercise under these names; return the folder."""
    for name in names:
        shutil.copytree(HERE / "plain", folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        file = folder / name / "exercise.yaml"
        text = file.read_text(encoding="utf-8").replace("id: plain", f"id: {name}")
        file.write_text(text, encoding="utf-8")
        for language in ("en", "zh"):
            (folder / name / f"task.{language}.md").write_text("Two functions.\n", encoding="utf-8")
    return folder
