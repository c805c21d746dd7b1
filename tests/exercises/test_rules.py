"""Each rule on an exercise's folder, on a sound exercise with one fault planted."""

from __future__ import annotations

import re

import pytest

from prep.app.dev_new import new_exercise
from prep.cli.places import shipped
from prep.exercises.catalog import exercise_ids
from prep.exercises.rules import check
from prep.ui.words import Words
from tests.exercises.conftest import TODAY

ROOT = shipped("exercises")
TOPICS = {path.parent.name for path in shipped("questions").glob("*/topic.yaml")}


def swap(old, new, count=1):
    """Return an edit that finds `old` and puts `new` there."""

    def edit(text):
        assert old in text
        return text.replace(old, new, count)

    return edit


def append(more):
    return lambda text: text + more


WRONG = "samples/wrong/overflows.py"
RIGHT = "samples/right/row_by_row.py"
# The file to edit, the edit, and all findings that it makes, as `file code`.
FAULTS = {
    "yaml": ("exercise.yaml", append("a: [\n"), ["exercise.yaml yaml-syntax"]),
    "key": ("exercise.yaml", append("more: 1\n"), ["exercise.yaml unknown-key"]),
    "id": ("exercise.yaml", swap("id: sound", "id: other"), ["exercise.yaml id-not-folder"]),
    "topic": ("exercise.yaml", swap("foundations", "alchemy"), ["exercise.yaml topic-unknown"]),
    "one hint": (
        "exercise.yaml",
        lambda text: re.sub(r"  - \{en: exp of.*\n", "", text),
        ["exercise.yaml item-count"],
    ),
    "untranslated": (
        "exercise.yaml",
        swap("损失是批次上的平均", "The loss is the mean"),
        ["exercise.yaml untranslated"],
    ),
    "two words": (
        "exercise.yaml",
        swap("zh: softmax 与它的损失", "zh: softmax loss"),
        ["exercise.yaml untranslated"],
    ),
    "http": ("exercise.yaml", swap("https:", "http:"), ["exercise.yaml source-not-https"]),
    "tomorrow": (
        "exercise.yaml",
        swap("checked: 2026-11-22", "checked: 2026-11-23"),
        ["exercise.yaml unlikely-date"],
    ),
    "call": ("exercise.yaml", swap("call: softmax(", "call: hard("), ["exercise.yaml call-other"]),
    "check without function": (
        "checks.py",
        swap("def test_loss_is_the_mean", "def loss_is_the_mean"),
        ["checks.py check-not-there"],
    ),
    "function without check": (
        "checks.py",
        append("\n\ndef test_more(sol):\n    pass\n"),
        ["checks.py check-untold"],
    ),
    "order": (
        "exercise.yaml",
        lambda text: re.sub(
            r"(  - name: test_loss.*\n(?:    .*\n)*)(  - name: test_arg.*\n(?:    .*\n)*)",
            r"\2\1",
            text,
        ),
        ["checks.py check-order"],
    ),
    "fixture": (
        "checks.py",
        swap("def test_loss_is_the_mean(sol, seed)", "def test_loss_is_the_mean(sol, tmp_path)"),
        ["checks.py check-form"],
    ),
    "parametrised": (
        "checks.py",
        swap("def test_loss", "@pytest.mark.parametrize('seed', [1])\ndef test_loss"),
        ["checks.py check-form"],
    ),
    "torch in checks": (
        "checks.py",
        swap("import numpy as np", "import numpy as np\nimport torch"),
        ["checks.py import-in-checks"],
    ),
    "probe": (
        "checks.py",
        swap("    logits, labels = _drawn(seed)\n", "    sol.probe('nothing')\n", 1),
        ["checks.py probe-not-there"],
    ),
    "no signature": (
        "task.zh.md",
        lambda text: text.replace("def softmax(logits)", "def softmax(x)"),
        ["task.zh.md signature-missing", "task.zh.md task-code-differs"],
    ),
    "no task in Chinese": (
        "task.zh.md",
        lambda _: (ROOT.parent / "src/prep/exercises/skeleton/build/task.en.md.txt").read_text(
            encoding="utf-8"
        ),
        ["task.zh.md task-language"],
    ),
    "block left out": (
        "task.zh.md",
        lambda text: text[: text.index("## 示例")],
        ["task.zh.md task-blocks"],
    ),
    "starter forgets one": (
        "starter.py",
        lambda text: text[: text.index("def cross_entropy")],
        ["starter.py entry-missing"],
    ),
    "starter returns": (
        "starter.py",
        swap("raise NotImplementedError", "return None"),
        ["starter.py starter-raises-nothing"],
    ),
    "nothing to do": ("starter.py", swap("# TODO", "# do"), ["starter.py starter-no-todo"]),
    "other parameters": (
        "reference.py",
        swap("def softmax(logits)", "def softmax(logits, axis=1)"),
        ["reference.py signature-differs"],
    ),
    "reference imports checks": (
        "reference.py",
        swap("import numpy as np", "import numpy as np\nimport checks"),
        ["reference.py import-not-there"],
    ),
    "reference needs more": (
        "reference.py",
        swap("import numpy as np", "import numpy as np\nimport torch"),
        ["reference.py import-not-needed"],
    ),
    "demo imports the judge": (
        "demo.py",
        append("\nimport prep.grading.checks\n"),
        ["demo.py import-not-there"],
    ),
    "demo without demo": ("demo.py", swap("def demo", "def show"), ["demo.py entry-missing"]),
    "no misconception": (
        WRONG,
        swap("Takes exp of the logits as they are.\n\n", ""),
        [f"{WRONG} sample-untold"],
    ),
    "fails nowhere": (
        WRONG,
        swap("fails: test_large_logits_stay_finite", ""),
        [f"{WRONG} fails-missing"],
    ),
    "fails where nothing is": (
        WRONG,
        swap("fails: test_large_logits_stay_finite", "fails: test_more"),
        [f"{WRONG} fails-unknown"],
    ),
    "nothing is forbidden": (
        WRONG,
        swap("fails: test_large_logits_stay_finite", "fails: forbidden"),
        [f"{WRONG} fails-unknown"],
    ),
    "unproven": (
        "samples/wrong/in_place.py",
        swap("test_arguments_stay_as_they_are", "test_loss_is_the_mean"),
        ["exercise.yaml check-unproven"],
    ),
    "broken sample": (WRONG, append("def\n"), [f"{WRONG} not-python"]),
    "stale mark": (
        "exercise.yaml",
        swap("equivalent: []", 'equivalent: [{mutant: "softmax: 1 -> 2", reason: none}]'),
        ["exercise.yaml mutant-unknown"],
    ),
    "marked twice": (
        "exercise.yaml",
        swap(
            "equivalent: []",
            "equivalent: [{mutant: &m, reason: a}, {mutant: &m, reason: b}]".replace(
                "&m", '"softmax: np.exp(shifted) -> shifted"'
            ),
        ),
        ["exercise.yaml mutant-twice"],
    ),
    "files": (
        "exercise.yaml",
        swap("forbidden: []", "files: [data.csv, checks.py]\nforbidden: []"),
        ["exercise.yaml file-not-there", "exercise.yaml file-reserved"],
    ),
}


@pytest.mark.parametrize("kind", ["build", "debug"])
def test_a_new_exercise_is_sound(kind, tmp_path, found):
    assert found(new_exercise(tmp_path, "fresh", kind, today=TODAY)) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_nothing_else(name, sound, found):
    file, edit, expected = FAULTS[name]
    path = sound / file
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    real = [each for each in found(sound) if not each.endswith("check-unproven")]
    assert sorted(real if "unproven" not in name else found(sound)) == expected


@pytest.mark.parametrize(
    "file", ["task.en.md", "starter.py", "reference.py", "checks.py", "demo.py"]
)
def test_a_missing_file_is_found(file, sound, found):
    (sound / file).unlink()
    assert f"{file} file-lacking" in found(sound)


def test_strays_and_too_few_samples_are_found(sound, found):
    (sound / "notes.txt").write_text("x", encoding="utf-8")
    (sound / "samples" / "right" / "data.csv").write_text("x", encoding="utf-8")
    (sound / RIGHT).unlink()
    assert found(sound) == [
        "notes.txt file-stray",
        "samples/right few-samples",
        "samples/right/data.csv file-stray",
    ]


def test_a_right_sample_that_is_the_reference_proves_nothing(sound, found):
    (sound / RIGHT).write_bytes(b'"""Other words."""' + (sound / "reference.py").read_bytes())
    text = (sound / "reference.py").read_text(encoding="utf-8")
    (sound / RIGHT).write_text(text.replace("for numbers", "again, for numbers"), encoding="utf-8")
    assert found(sound) == [f"{RIGHT} sample-is-reference"]


def test_a_folder_without_exercise_yaml_has_one_finding(tmp_path, found):
    assert found(tmp_path) == ["exercise.yaml unreadable"]


def test_findings_say_where_in_the_file(sound):
    path = sound / "exercise.yaml"
    text = path.read_text(encoding="utf-8").replace("topic: foundations", "topic: alchemy")
    path.write_text(text, encoding="utf-8")
    finding = check(sound, topics={"foundations"}, today=TODAY)[1][0]
    line = text[: text.index("alchemy")].count("\n") + 1
    assert (finding.file, finding.line, finding.column) == ("sound/exercise.yaml", line, 8)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_words(language, sound):
    words = Words(language)
    for file, edit, _ in FAULTS.values():
        path = sound / file
        before = path.read_bytes()
        path.write_text(edit(before.decode()), encoding="utf-8")
        for finding in check(sound, topics={"foundations"}, today=TODAY)[1]:
            assert words.say(f"finding-{finding.code}", **finding.values)
        path.write_bytes(before)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_findings_on_bug_hunts_have_words(language, tmp_path):
    for number, ((file, old, new), _) in enumerate(HUNT_FAULTS.values()):
        folder = new_exercise(tmp_path, f"hunt{number}", "debug", today=TODAY)
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        for finding in check(folder, topics={"foundations"}, today=TODAY)[1]:
            assert Words(language).say(f"finding-{finding.code}", **finding.values)


# What is wrong with a bug hunt: file, text before and after, findings.
HUNT_FAULTS = {
    "a starter that raises": (
        ("starter.py", "return powers", "raise NotImplementedError  #"),
        [
            "starter.py hunt-check-without-bug",
            "starter.py hunt-starter-differs",
            "starter.py starter-unfinished",
        ],
    ),
    "a bug without a sample": (
        ("samples/wrong/sum_of_losses.py", ".sum())", ".max())"),
        ["starter.py hunt-check-without-bug", "starter.py hunt-starter-differs"],
    ),
    "one check for two bugs": (
        ("samples/wrong/sum_of_losses.py", "test_loss_is_the_mean", "test_rows_sum_to_one"),
        ["starter.py hunt-check-shared", "starter.py hunt-check-without-bug"],
    ),
    "a bug that nobody planted": (
        ("starter.py", "shifted = logits\n", "shifted = logits + 1\n"),
        ["starter.py hunt-check-without-bug", "starter.py hunt-starter-differs"],
    ),
}


@pytest.mark.parametrize(("edit", "expected"), HUNT_FAULTS.values(), ids=HUNT_FAULTS)
def test_a_bug_hunt_is_its_reference_with_bugs_that_have_a_check_each(
    edit, expected, tmp_path, found
):
    folder = new_exercise(tmp_path, "hunt", "debug", today=TODAY)
    file, old, new = edit
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert sorted(found(folder)) == expected


@pytest.mark.parametrize("name", exercise_ids(ROOT))
def test_the_shipped_exercises_keep_the_rules(name):
    exercise, findings = check(ROOT / name, topics=TOPICS, today=TODAY.replace(day=30))
    assert findings == [] or exercise.draft
