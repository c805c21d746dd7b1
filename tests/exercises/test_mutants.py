"""The mutant engine: one change each, names that stay, nothing that changes nothing."""

from __future__ import annotations

import pytest

from prep.exercises.mutants import mutants


def changes(code):
    """Return `old -> new` of every mutant of a function `f` with this body."""
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    made = mutants(f"def f(a, b, n, x, *, w=None):\n{lines}")
    assert all(mutant.name.startswith("f: ") for mutant in made)
    return [mutant.name.removeprefix("f: ") for mutant in made]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("return a + b", {"a + b -> a - b", "a + b -> a", "a + b -> b"}),
        ("return a * b", {"a * b -> a / b", "a * b -> a", "a * b -> b"}),
        ("return a / b", {"a / b -> a * b", "a / b -> a"}),
        ("return -a", {"-a -> a"}),
        ("return not a", {"not a -> a"}),
        ("return a < b", {"a < b -> a <= b", "a < b -> a >= b"}),
        ("return a >= b", {"a >= b -> a > b", "a >= b -> a < b"}),
        ("return a is not b", {"a is not b -> a is b"}),
        ("return a not in b", {"a not in b -> a in b"}),
        ("return a and b", {"a and b -> a or b", "a and b -> a", "a and b -> b"}),
        ("return x.sum(dim=1)", {"dim=1 -> dim=0", "dim=1 -> dim=2"}),
        ("return x.sum(dim=-1)", {"dim=-1 -> dim=1", "dim=-1 -> dim=0", "dim=-1 -> dim=-2"}),
        ("return x.sum(dim=1)", {"x.sum(… dim=1) -> x.sum(…)"}),
        ("return x[0]", {"x[0] -> x[-1]", "x[0] -> x[1]"}),
        ("return x[:, n]", {"x[:, n] -> x[:, n - 1]"}),
        ("return x[1:]", {"x[1:] -> x[2:]", "x[1:] -> x[0:]"}),
        ("return x[:n]", {"n -> n + 1", "n -> n - 1"}),
        ("return range(n)", {"n -> n + 1", "n -> n - 1"}),
        ("return 0.5 * a", {"0.5 * a -> 1.0 * a"}),
        ("return 0.0", {"0.0 -> 1.0"}),
        ("return 255", {"255 -> 510"}),
        ("return True", {"True -> False"}),
        ("a.step()\nreturn a", {"a.step() -> pass"}),
        ("a.train()", {"a.train() -> a.eval()", "a.train() -> pass"}),
        ("return a.eval()", {"a.eval() -> a.train()"}),
        ("return x.mean()", {"x.mean() -> x.sum()"}),
        ("return x.detach()", {"x.detach() -> x"}),
        ("return torch.tanh(x)", {"torch.tanh(x) -> x"}),
        ("return x.T", {"x.T -> x"}),
        ("return loss(a, b)", {"loss(a, b) -> loss(b, a)"}),
        ("return where(a, b, x)", {"where(a, b, x) -> where(a, x, b)"}),
        ("return loss(a, weight=w)", {"loss(… weight=w) -> loss(…)"}),
        ("a += b\nreturn a", {"a += b -> pass", "a += b -> a -= b", "a += b -> a = b"}),
        ("a = b\nreturn a", {"a = b -> pass"}),
        ("return a if x else b", {"a if x else b -> a if not x else b"}),
        ("if x:\n    return a\nreturn b", {"x -> not x"}),
        ("for i in x:\n    break", {"break -> pass"}),
        ("raise ValueError(a)", {"raise ValueError(a) -> pass"}),
        ("with no_grad():\n    return a", {"with no_grad() -> without"}),
    ],
)
def test_what_may_go_wrong_is_tried(code, expected):
    assert expected <= set(changes(code))


@pytest.mark.parametrize(
    "code",
    [
        '"""A text."""\nreturn a',
        "return f'{a + b}'",
        "c: int = 1",
        "return zip(a, b, strict=True)",
        "c = a\nreturn c",
        "return max(a, b)",
        "return 1e-9",
    ],
)
def test_what_changes_nothing_that_counts_is_left_alone(code):
    left = {"max(a, b) -> min(a, b)", "c: int = 1 -> pass", "1 -> 2", "1 -> 0"}
    assert set(changes(code)) <= left


def test_each_mutant_compiles_to_something_else():
    text = "def f(x):\n    return x + 0\n\n\nif __name__ == '__main__':\n    f(1)\n"
    made = mutants(text)
    assert len({mutant.text for mutant in made}) == len(made) == 4
    assert not any("f(2)" in mutant.text for mutant in made)


def test_a_decorator_that_turns_gradients_off_can_be_forgotten():
    made = mutants("@torch.no_grad()\ndef f(x):\n    return x\n")
    assert [(each.name, each.line) for each in made] == [("f: @torch.no_grad() -> without", 1)]


def test_defaults_are_named_by_their_parameter():
    assert [each.name for each in mutants("def f(a, n=3, *, k=False):\n    return a\n")] == [
        "f: n=3 -> n=4",
        "f: n=3 -> n=2",
        "f: k=False -> k=True",
    ]


TWICE = """
def f(x):
    a = x.sum(dim=1)
    return a + x.max(dim=1)


class C:
    def g(self, y):
        return y - 1
"""


def test_equal_changes_are_numbered_within_a_function():
    names = [each.name for each in mutants(TWICE)]
    assert {"f: dim=1 -> dim=0", "f: dim=1 -> dim=0 #2", "C.g: y - 1 -> y + 1"} <= set(names)


def test_names_survive_edits_elsewhere():
    before = {each.name for each in mutants(TWICE)}
    edited = TWICE.replace("return y - 1", "y = y * 2  # more\n        return y - 1")
    after = {each.name for each in mutants("import math\n\n" + edited)}
    assert before < after


def test_names_do_not_depend_on_layout():
    one = "def f(a, b):\n    return g(a + b, b)\n"
    other = "def f(a, b):\n    return g(\n        a + b,  # the sum\n        b,\n    )\n"
    plain = {each.name for each in mutants(one)}
    laid_out = {each.name for each in mutants(other)}
    assert {name for name in plain if "g(" not in name} <= laid_out


def test_brackets_are_added_where_the_change_needs_them():
    texts = [each.text for each in mutants("def f(a, b, c):\n    return (a + b) * c\n")]
    assert "def f(a, b, c):\n    return (a - b) * c\n" in texts
    assert "def f(a, b, c):\n    return a + b\n" in texts
    assert "def f(a, b, c):\n    return (a) * c\n" in texts


def test_operators_are_found_between_comments_and_characters_of_any_width():
    text = "def f(a, b):\n    π = '层 + 层'\n    return (a  # + not this\n            + b), π\n"
    assert any("- b" in each.text and "+ not this" in each.text for each in mutants(text))


def test_a_mutant_knows_its_line_and_what_changed():
    made = next(each for each in mutants(TWICE) if each.name.startswith("C.g"))
    assert (made.line, made.removed) == (9, ("        return y - 1",))
    assert made.added == ("        return y + 1",)
