"""Marks for predicted outputs and for shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.bad_answer import quote, typed_text
from prep.core.fold import is_close
from prep.core.marking.near import replies_to
from prep.core.marking.words import misspelt
from prep.core.printed import differs_by_type, fold_exception, same_printed
from prep.core.shapes import compare_shapes, parse_shape, show_shape, symbols_of
from prep.errors import PrepError
from prep.model.judgement import Judgement, Note

if TYPE_CHECKING:
    from prep.model.question import Output, Shape
    from prep.model.response import Typed

_LONGEST = 4000


def mark_output(question: Output, response: Typed) -> Judgement:
    """Return right for the same output or value, or for the name of the exception."""
    key = _key(question)
    typed = typed_text(response.text, longest=_LONGEST)
    if question.gives == "exception":
        return _mark_exception(question, key, typed)
    if same_printed(key, typed, question.tolerance):
        return Judgement(1.0)
    # Near misses are other answers, so that a tolerance is not theirs.
    replies = replies_to(question.near, lambda form: same_printed(form, typed))
    return Judgement(0.0, replies=replies, notes=_output_notes(question, key, typed))


def mark_shape(question: Shape, response: Typed) -> Judgement:
    """Return right for the same dimensions in the same order."""
    key = parse_shape(_key(question))
    symbols = symbols_of(key)
    typed = parse_shape(response.text, symbols)
    difference = compare_shapes(key, typed)
    if not difference:
        return Judgement(1.0)
    replies = replies_to(question.near, lambda form: parse_shape(form, symbols) == typed)
    values = {"typed": show_shape(typed), "given": str(len(typed)), "expected": str(len(key))}
    notes = () if difference == "sizes" else (Note(f"shape-{difference}", values),)
    return Judgement(0.0, replies=replies, notes=notes)


def _mark_exception(question: Output, key: str, typed: str) -> Judgement:
    name, expected = fold_exception(typed), fold_exception(key)
    if name == expected:
        return Judgement(1.0)
    replies = replies_to(question.near, lambda form: fold_exception(form) == name)
    if not replies and is_close(name, expected):
        return misspelt(typed)
    return Judgement(0.0, replies=replies)


def _output_notes(question: Output, key: str, typed: str) -> tuple[Note, ...]:
    if differs_by_type(key, typed, question.tolerance):
        return (Note("int-or-float", {"typed": quote(typed)}),)
    if key.strip().casefold() == typed.casefold():
        return (Note("output-case-differs", {"typed": quote(typed)}),)
    return ()


def _key(question: Output | Shape) -> str:
    if question.value is None:
        raise PrepError("not-drawn", question=question.id)
    return question.value
