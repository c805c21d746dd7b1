"""`prep grade` as it is called."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from prep.cli.places import shipped

pytest.importorskip("torch")

RNN = shipped("exercises") / "rnn"
KEYS = {
    "exercise", "verdict", "score", "ran", "total", "device", "seed", "seconds", "isolation",
    "message", "notes", "sha256", "stdout", "stderr", "checks",
}  # fmt: skip


def prep(*arguments):
    command = [sys.executable, "-m", "prep", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_json_is_one_document_and_the_same_seed_gives_the_same_result():
    file = RNN / "samples" / "wrong" / "untransposed.py"
    found = []
    for _ in range(2):
        run = prep("grade", "rnn", "--file", file, "--seed", 11, "--json")
        assert (run.returncode, run.stderr) == (1, "")
        (result,) = json.loads(run.stdout)["results"]
        assert set(result) == KEYS
        assert (result["verdict"], result["ran"], result["total"]) == ("failed", 9, 9)
        for part in (result, *result["checks"]):
            part.pop("seconds")
        found.append(result)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Not attempted yet"), ("zh", "尚未作答")]
)
def test_the_starter_is_told_so_in_both_languages(language, sentence):
    run = prep("--lang", language, "grade", "rnn", "--file", RNN / "starter.py")
    assert run.returncode == 1
    assert run.stdout.startswith(sentence)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such", "--file", "x.py"], "there is no exercise 'no-such'"),
        (["rnn", "--file", "nowhere.py"], "there is no file 'nowhere.py'"),
    ],
)
def test_what_is_not_there_is_a_usage_error(arguments, sentence):
    run = prep("grade", *arguments)
    assert run.returncode == 2
    assert sentence in run.stderr


def test_the_commands_own_process_loads_neither_numpy_nor_pytest():
    code = (
        "import sys; from prep.cli.main import main;"
        f"main(['grade', 'rnn', '--file', {str(RNN / 'starter.py')!r}]);"
        "print([m for m in ('numpy', 'pytest', 'torch', '_pytest') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
