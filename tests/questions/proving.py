"""Run the proof of a question with its key, in a namespace of its own."""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import sys
import warnings
from pathlib import Path
from typing import Any

import prep
from prep.bank.load import Bank, Loaded, load
from prep.bank.variants import draw, fill
from prep.core.judge import judge
from prep.model.question import (
    Bug,
    Drawable,
    Matching,
    Multiple,
    Numeric,
    Ordering,
    Output,
    Question,
    Shape,
    Short,
    Single,
    TrueFalse,
)
from prep.model.response import Typed

ROOT = Path(prep.__file__).parents[2] / "questions"
SEEDS = (0, 1, 2)
_DISTRIBUTIONS = {
    "tensorflow-cpu": "tensorflow",
    "sklearn": "scikit-learn",
    "litert": "ai-edge-litert",
}


def shipped_bank() -> Bank:
    """Return the bank of this checkout."""
    return load(ROOT)


def missing_libraries(question: Question) -> list[str]:
    """Return the libraries that the question's claim depends on and that are not installed."""
    missing = []
    for name in question.versions:
        if name.lower() in {"python", "cuda", "cpython"}:
            continue
        try:
            importlib.metadata.version(_DISTRIBUTIONS.get(name, name))
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return missing


def prove(loaded: Loaded) -> None:
    """Raise unless the proof holds; drawn questions are proved for several seeds."""
    question = loaded.question
    if isinstance(question, Drawable) and question.computed is not None:
        for seed in SEEDS:
            drawn = draw(loaded.file.twin, question.computed, seed)
            _prove(fill(question, drawn), show=drawn.show, wrong=drawn.wrong, raw=drawn.answer)
    else:
        _prove(question)


def _prove(question: Question, **drawn: Any) -> None:
    if isinstance(question, Output):
        got = run_code(question.code or "", question.gives)
        score = judge(question, Typed(got)).score
        assert score == 1, f"the code gives {got!r}, the key says {question.value!r}"
    if isinstance(question, Bug):
        _prove_bug(question)
    elif question.proof is not None:
        answer = answer_of(question)
        if isinstance(question, Single | Output | Shape) and "raw" in drawn:
            answer = drawn["raw"]
        space = {"answer": answer, "code": question.code, **drawn}
        execute(question.proof, space)


def _prove_bug(question: Bug) -> None:
    proof = question.proof or ""
    execute(f"{question.fix}\n{proof}", {})
    try:
        execute(f"{question.code}\n{proof}", {})
    except BaseException as error:  # noqa: BLE001 - the failure is what is looked for
        names = {kind.__name__ for kind in type(error).__mro__}
        assert question.failure in names, f"raised {type(error).__name__}, not {question.failure}"
        return
    msg = "the code with the bug passes its proof"
    raise AssertionError(msg)


def run_code(code: str, gives: str) -> str:
    """Return what the code prints, its last value, or the name of its exception."""
    printed = io.StringIO()
    space: dict[str, Any] = {"__name__": "__main__"}
    lines = code.rstrip().split("\n")
    try:
        with contextlib.redirect_stdout(printed):
            if gives == "value":
                body, last = _split(lines)
                execute(body, space)
                return repr(eval(last, space))  # noqa: S307 - our own bank
            execute(code, space)
    except Exception as error:
        if gives != "exception":
            raise
        return type(error).__name__
    return printed.getvalue()


def _split(lines: list[str]) -> tuple[str, str]:
    import ast

    tree = ast.parse("\n".join(lines))
    last = tree.body[-1]
    assert isinstance(last, ast.Expr), "the last statement is not an expression"
    start = last.lineno - 1
    return "\n".join(lines[:start]), "\n".join(lines[start:])


def execute(source: str, space: dict[str, Any]) -> None:
    """Run source text with warnings ignored and nothing printed."""
    space.setdefault("__name__", "__proof__")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source, "<proof>", "exec"), space)  # noqa: S102 - our own bank
    finally:
        _reset_torch()


def _reset_torch() -> None:
    """One proof's global settings must not reach the next."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.set_grad_enabled(True)
        torch.use_deterministic_algorithms(mode=False)


def answer_of(question: Question) -> Any:
    """Return the key as proofs see it; see docs/questions.md."""
    match question:
        case Numeric():
            return question.value
        case Single():
            return next(option.text.en for option in question.options if option.right)
        case Multiple():
            return [option.text.en for option in question.options if option.right]
        case TrueFalse():
            return question.verdict
        case Short():
            return question.accept[0]
        case Shape() | Output():
            return question.value
        case Ordering():
            return [step.id for step in question.steps]
        case Matching():
            return [(pair.left.en, pair.right.en) for pair in question.pairs]
        case _:
            return None
