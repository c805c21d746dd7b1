"""`prep dev`: what an author sees, and what is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import prep as package
from prep.cli.places import writable_exercises
from prep.errors import UsageError

needs_grading = pytest.mark.skipif(sys.platform == "win32", reason="grading needs sockets")


@pytest.fixture
def made(prep, tmp_path):
    """Begin an exercise and return the folder that holds it."""
    root = tmp_path / "mine"
    assert prep("dev", "new", "gate", "--dir", root).code == 0
    return root


def test_new_says_what_to_do_next(prep, tmp_path):
    root = tmp_path / "mine"
    done = prep("dev", "new", "gate", "--dir", root)
    assert (done.code, done.err) == (0, "")
    # A long path is broken where the line ends.
    assert "".join(done.out.split()) == (
        f"Made{root / 'gate'},asmallexercisethatworks.Writeyoursoverit,then:"
        f"`prepdevcheckgate--dir{root}`"
    )
    text = (root / "gate" / "exercise.yaml").read_text(encoding="utf-8")
    assert "id: gate\n" in text
    assert "checked: 2026-11-22\n" in text
    assert "@" not in text.replace("@ ", "")


def test_what_is_there_is_not_touched(prep, made):
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    done = prep("dev", "new", "gate", "--dir", made)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"prep: {made / 'gate'} is there already and was not touched. Choose another id.\n"
    )
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["Gate", "a_b", "-a", "a--b", "../a", "a/b", "", "x" * 41, "门"])
def test_a_bad_id_is_refused(name, prep, tmp_path):
    done = prep("dev", "new", "--dir", tmp_path, "--", name)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"prep: '{name}' cannot be an id: use small letters and digits, with single hyphens "
        "between them.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(prep, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = prep("dev", "new", "gate", "--dir", tmp_path / "file")
    assert (done.code, done.err.count("\n")) == (1, 1)


def test_an_installed_package_has_no_place_for_new_exercises(tmp_path, monkeypatch):
    inside = tmp_path / "site-packages" / "prep"
    (inside / "exercise_files").mkdir(parents=True)
    (tmp_path / "site-packages" / "exercises").mkdir()
    monkeypatch.setattr(package, "__file__", str(inside / "__init__.py"))
    with pytest.raises(UsageError, match="dev-no-checkout"):
        writable_exercises()


def test_a_checkout_has(monkeypatch):
    assert writable_exercises() == Path(package.__file__).parents[2] / "exercises"


def test_an_unknown_exercise_is_refused(prep, made):
    done = prep("dev", "check", "nothing", "--dir", made)
    assert (done.code, done.err) == (2, "prep: there is no exercise 'nothing': there are gate.\n")


def test_an_unknown_folder_is_refused(prep, tmp_path):
    done = prep("dev", "check", "--dir", tmp_path / "nowhere")
    assert (done.code, done.out) == (2, "")


def test_findings_are_lines_that_an_editor_can_follow(prep, made):
    (made / "gate" / "checks.py").write_text("def (\n", encoding="utf-8")
    (made / "gate" / "notes.txt").write_text("x", encoding="utf-8")
    assert prep("dev", "check", "--dir", made).code == 0  # a draft, and nobody has named it
    done = prep("dev", "check", "gate", "--dir", made)
    assert done.code == 1
    lines = [line for line in done.out.splitlines() if line.startswith(str(made))]
    assert f"{made}/gate/checks.py:1:5 not-python this is not Python: invalid syntax." in lines
    assert (
        f"{made}/gate/notes.txt:1:1 file-stray this does not belong into an exercise: remove it, "
        "or name it in `files`."
    ) in lines


def test_json_is_one_document(prep, made):
    (made / "gate" / "checks.py").write_text("def (\n", encoding="utf-8")
    done = prep("dev", "check", "gate", "--dir", made, "--json")
    document = json.loads(done.out)
    assert (done.code, document["schema"]) == (1, 1)
    (found,) = document["exercises"]
    assert (found["id"], found["gradings"], found["mutants"]) == ("gate", 0, None)
    first = next(each for each in found["findings"] if each["code"] == "not-python")
    assert (first["file"], first["line"], first["column"]) == ("gate/checks.py", 1, 5)


def test_a_machine_that_lacks_a_library_is_told_apart_from_findings(prep, made):
    pytest.importorskip("numpy")
    path = made / "gate" / "exercise.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("needs: [numpy]", "needs: [numpy, no_such]"), encoding="utf-8")
    done = prep("dev", "check", "--dir", made)
    assert done.code == 3
    assert "Nothing was run: 'no_such' cannot be imported" in " ".join(done.out.split())


@needs_grading
@pytest.mark.parametrize(("lang", "verdict"), [("en", "0 findings"), ("zh", "问题 0 个")])
def test_a_sound_exercise_ends_well(lang, verdict, prep, made):
    pytest.importorskip("numpy")
    done = prep("--lang", lang, "dev", "check", "gate", "--dir", made)
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert verdict in lines[-1]
    assert sum(line.count("[✗]") for line in lines) == 6 + 1  # the legend has one
    assert max(map(len, lines)) <= 80
    steps = [line for line in lines if line.startswith("gate ") and "/" in line]
    assert len(steps) == int(steps[0].split("/")[1].split()[0])
