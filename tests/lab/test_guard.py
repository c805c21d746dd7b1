from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from prep.lab.guard import ForbiddenCallError, guard  # noqa: E402

FILE = "/solution.py"


def run(source, name="f"):
    space = {"torch": torch}
    exec(compile(source, FILE, "exec"), space)  # noqa: S102 - as if it were the learner's file
    return space[name]


@pytest.mark.parametrize(
    "call",
    [
        "torch.softmax(x, 0)",
        "x.softmax(0)",
        "torch.nn.functional.softmax(x, 0)",
        "getattr(torch, 'soft' + 'max')(x, 0)",
        "torch.Tensor.softmax(x, 0)",
    ],
)
def test_the_learners_file_cannot_call_it(call):
    function = run(f"def f(x): return {call}")
    with guard(["torch.softmax"], FILE), pytest.raises(ForbiddenCallError):
        function(torch.ones(3))


def test_library_modules_can():
    layer = torch.nn.MultiheadAttention(4, 2)
    function = run("def f(layer, x): return layer(x, x, x)")
    with guard(["torch.softmax"], FILE):
        function(layer, torch.ones(3, 1, 4))


def test_other_functions_are_left_alone():
    function = run("def f(x): return torch.exp(x) / torch.exp(x).sum()")
    with guard(["torch.softmax"], FILE):
        function(torch.ones(3))


def test_a_class_refuses_to_be_made_by_the_learners_file(monkeypatch):
    monkeypatch.setattr(torch.nn.RNNCell, "__init__", torch.nn.RNNCell.__init__)
    make = run("def f(): return getattr(torch.nn, 'RNN' + 'Cell')(2, 3)")
    with guard(["torch.nn.RNNCell"], FILE):
        torch.nn.RNNCell(2, 3)
        with pytest.raises(ForbiddenCallError):
            make()
