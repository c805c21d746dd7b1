"""The program works from a checkout, an editable install and a wheel installed elsewhere."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import prep
from prep.cli.places import shipped

ROOT = Path(__file__).parents[1]
FIRST = '{"answer": 1}\n'
STUDY = ("torch", "transformers", "tensorflow", "sklearn", "numpy", "openai")


def build(hook, target):
    """Run one of the build backend's hooks in the checkout; return the file it made."""
    pytest.importorskip("hatchling", reason="needs the `test` extra")
    code = f"from hatchling import build; print(build.{hook}({str(target)!r}))"
    done = run(sys.executable, "-c", code, cwd=ROOT)
    return target / done.stdout.split()[-1]


def run(*command, cwd, stdin="", path=None):
    """Run a command without the checkout on its path; fail with what it said."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel, built from this checkout."""
    return build("build_wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """Return a folder of packages in which the wheel, and not the checkout, is unpacked."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder, *kinds):
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds
    }


def test_the_wheel_holds_every_question_and_twin(wheel):
    assert {f"prep/{name}" for name in tracked("questions", ".yaml", ".py")} <= names(wheel)


def test_the_wheel_holds_every_module_migration_and_the_typing_mark(wheel):
    modules = {name.removeprefix("src/") for name in tracked("src", ".py", ".sql")}
    assert modules | {"prep/py.typed"} <= names(wheel)


def test_the_wheel_holds_nothing_else(wheel):
    roots = {name.split("/")[0] for name in names(wheel)}
    assert roots == {"prep", f"llm_prep-{prep.__version__}.dist-info"}
    assert not [
        name for name in names(wheel) if re.search(r"(^|/)tests?/|__pycache__|\.pyc$", name)
    ]


def test_the_source_distribution_can_build_and_test_itself(tmp_path):
    with tarfile.open(build("build_sdist", tmp_path)) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "docs/architecture.md"}
    assert wanted | {"tests/conftest.py"} | tracked("questions", ".yaml", ".py") <= held
    assert not [name for name in held if name.startswith((".ci", ".github", "dist"))]


def test_the_wheel_works_with_the_checkout_out_of_reach(site, tmp_path):
    code = "import prep.cli.places as p; print(p.shipped('questions'))"
    found = run(sys.executable, "-c", code, cwd=tmp_path, path=site).stdout.strip()
    assert Path(found) == site / "prep" / "questions"


def test_a_quiz_runs_from_the_wheel(site, tmp_path):
    quiz = [sys.executable, "-m", "prep", "quiz", "--json", "--new", "--count", "1", "--seed", "1"]
    lines = run(*quiz, cwd=tmp_path, stdin=FIRST, path=site).stdout.splitlines()
    assert json.loads(lines[0])["type"] == "question"


def test_an_editable_install_sees_edits_at_once(tmp_path):
    copy = tmp_path / "checkout"
    for name in ("src", "questions", "exercises"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    site = install_editable(copy, tmp_path)
    assert where(site, tmp_path) == [str(copy / "src" / "prep"), str(copy / "questions"), "0"]
    (copy / "questions" / "new-topic").mkdir()
    source = copy / "src" / "prep" / "__init__.py"
    source.write_text(source.read_text("utf-8") + "EDITED = 1\n", "utf-8")
    assert where(site, tmp_path)[2] == "1"
    assert not list(copy.rglob("prep/questions"))


def install_editable(checkout, tmp_path):
    """Unpack the editable wheel of `checkout` as pip would."""
    pytest.importorskip("hatchling", reason="needs the `test` extra")
    code = f"from hatchling import build; print(build.build_editable({str(tmp_path)!r}))"
    name = run(sys.executable, "-c", code, cwd=checkout).stdout.split()[-1]
    site = tmp_path / "site"
    with zipfile.ZipFile(tmp_path / name) as archive:
        archive.extractall(site)
    return site


def where(site, cwd):
    """Return the package's folder, the bank's folder, and whether the edit is seen."""
    code = (
        f"import sys, site; site.addsitedir({str(site)!r}); sys.path.insert(0, sys.path.pop())\n"
        "import pathlib, prep, prep.cli.places as p\n"
        "print(pathlib.Path(prep.__file__).parent, p.shipped('questions'),\n"
        "      getattr(prep, 'EDITED', 0), sep='\\n')"
    )
    return run(sys.executable, "-c", code, cwd=cwd).stdout.splitlines()


def test_the_checkout_uses_its_own_bank():
    package = Path(prep.__file__).parent
    if package != ROOT / "src" / "prep":
        pytest.skip("runs against an installed wheel")
    assert shipped("questions") == ROOT / "questions"


def test_the_version_is_written_in_one_place():
    pattern = re.compile(rf'version\w*\s*=\s*"{re.escape(prep.__version__)}"')
    files = [ROOT / "pyproject.toml", *(ROOT / "src").rglob("*.py")]
    assert [f.name for f in files if pattern.search(f.read_text("utf-8"))] == ["__init__.py"]


def test_an_install_says_the_same_version():
    try:
        installed = importlib.metadata.version("llm-prep")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("runs from a checkout that is not installed")
    assert installed == prep.__version__


def test_the_changelog_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## (\S+)", text, re.MULTILINE)[1] in {prep.__version__, "Unreleased"}


def test_core_dependencies_hold_no_study_library():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    core = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    assert not [
        name for name in (*STUDY, "scikit-learn", "httpx", "requests") if f'"{name}' in core
    ]


def test_no_release_of_torch_is_asked_for():
    assert not re.search(r'"torch[<>=~!]', (ROOT / "pyproject.toml").read_text("utf-8"))
