"""Questions with drawn numbers: run the generator, fill the words.

Generators live in the twin `<group>.py` of a YAML file and are code: they run
for the shipped bank, and for another bank only when the user trusts it.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from math import isfinite
from random import Random
from string import Template
from typing import TYPE_CHECKING, Any

import msgspec

from prep.errors import PrepError
from prep.model.question import (
    Base,
    Drawable,
    Drawn,
    Near,
    Numeric,
    Option,
    Output,
    Question,
    Shape,
    Single,
)
from prep.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Generator = Callable[[Random], Drawn]


def generator(twin: Path, name: str) -> Generator:
    """Return the function `name` of the twin; PrepError when there is none."""
    function = _module(twin).get(name)
    if not callable(function):
        raise PrepError("no-generator", file=str(twin), name=name)
    return function  # type: ignore[no-any-return]


@cache
def _module(twin: Path) -> Mapping[str, Any]:
    name = f"prep_bank_{twin.parent.name}_{twin.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, twin)
    if spec is None or spec.loader is None or not twin.is_file():
        raise PrepError("no-generator", file=str(twin), name="*")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise PrepError("generator-failed", file=str(twin), problem=repr(error)) from error
    return vars(module)


def draw(twin: Path, name: str, seed: int) -> Drawn:
    """Run a generator with `seed`; whatever it raises becomes one PrepError."""
    function = generator(twin, name)
    try:
        drawn = function(Random(seed))  # noqa: S311 - numbers for a question, not a secret
        _check_drawn(drawn)
    except (Exception, SystemExit) as error:
        raise PrepError("generator-failed", file=str(twin), problem=repr(error)) from error
    return drawn


def _check_drawn(drawn: Drawn) -> None:
    """Refuse what is no `Drawn` in all its parts, and numbers that nobody could type."""
    if not isinstance(drawn, Drawn):
        raise TypeError(type(drawn).__name__)
    msgspec.convert(msgspec.to_builtins(drawn), Drawn)
    for value in (drawn.answer, *drawn.wrong.values()):
        if isinstance(value, float) and not isfinite(value):
            raise ValueError(value)


def fill(question: Question, drawn: Drawn) -> Question:
    """Return `question` with the drawn numbers in its words and its key."""
    show = dict(drawn.show)
    told = show | {"answer": show_value(drawn.answer)}
    changes: dict[str, Any] = {
        name: _filled(getattr(question, name), told if name == "explanation" else show)
        for name in ("prompt", "explanation", "hint", "code")
        if getattr(question, name) is not None
    }
    if isinstance(question, Drawable):
        changes["computed"] = None
        changes["mistakes"] = {}
        changes |= _key(question, drawn, told)
    return msgspec.structs.replace(question, **changes)


def show_value(value: object) -> str:
    """Write a drawn value as the learner sees it: whole numbers plain, others to 6 digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _key(question: Drawable, drawn: Drawn, show: dict[str, Any]) -> dict[str, Any]:
    mistakes = {name: _filled(text, show) for name, text in question.mistakes.items()}
    if isinstance(question, Single):
        return {"options": _options(question, drawn, show, mistakes), "option": None, "right": None}
    nears = tuple(
        Near(forms=(show_value(value),), reply=mistakes[name])
        for name, value in drawn.wrong.items()
    )
    if isinstance(question, Numeric):
        return {"value": float(drawn.answer), "near": question.near + nears}
    if isinstance(question, Output | Shape):
        return {"value": str(drawn.answer), "near": question.near + nears}
    raise TypeError(type(question).__name__)


def _options(
    question: Single, drawn: Drawn, show: dict[str, Any], mistakes: Mapping[str, Text]
) -> tuple[Option, ...]:
    if question.option is None or question.right is None:
        raise PrepError("generator-failed", file=question.id, problem="no option template")
    template = question.option

    def option(value: object, reason: Text, *, right: bool = False) -> Option:
        text = _filled(template, show | {"answer": show_value(value)})
        return Option(text=text, reason=reason, right=right)

    wrong = [option(value, mistakes[name]) for name, value in drawn.wrong.items()]
    reason = _filled(question.right, show)
    return (option(drawn.answer, reason, right=True), *wrong)


def _filled(words: Any, show: Mapping[str, Any]) -> Any:  # noqa: ANN401 - str in, str out; Text in, Text out
    if isinstance(words, Text):
        return Text(_substituted(words.en, show, "en"), _substituted(words.zh, show, "zh"))
    return _substituted(words, show, "en")


def _substituted(words: str, show: Mapping[str, Any], language: str) -> str:
    values = {
        name: getattr(value, language) if isinstance(value, Text) else show_value(value)
        for name, value in show.items()
    }
    return Template(words).substitute(values)


def is_drawn(question: Base) -> bool:
    """Return whether the question's numbers are drawn."""
    return isinstance(question, Drawable) and question.computed is not None
