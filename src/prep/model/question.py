"""The twelve types of questions, as they are written in the bank.

These classes are the format: the YAML reader, the JSON Schema for editors and
the compiled index are all derived from them. How each type is judged stands
in `prep.core.judge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from prep.model.text import Text

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Level = Annotated[int, Meta(ge=1, le=5)]
Count = Annotated[int, Meta(ge=1)]
Line = Annotated[int, Meta(ge=1)]
Url = Annotated[str, Meta(pattern=r"^https?://\S+$")]
ArticleRef = Annotated[str, Meta(pattern=r"^\d{3}-(intro|[pcb]\d)(-[ed]\d{1,2})?$")]
NonNegative = Annotated[float, Meta(ge=0)]
Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Base of everything that stands inside a question."""


class Source(Part, frozen=True, kw_only=True):
    """A page that was opened to check the key."""

    title: str
    url: Url


class Option(Part, frozen=True, kw_only=True):
    """One choice; `reason` says why it is right or wrong. `last` keeps it at the end."""

    text: Text
    reason: Text
    right: bool = False
    last: bool = False


class Near(Part, frozen=True, kw_only=True):
    """Typed answers that are wrong in a known way, and what to reply to them."""

    forms: Annotated[tuple[str, ...], Meta(min_length=1)]
    reply: Text


class Step(Part, frozen=True, kw_only=True):
    """One step of an ordering. With any `after`, only those constraints hold."""

    id: Slug
    text: Text
    reason: Text
    after: tuple[Slug, ...] = ()


class Pair(Part, frozen=True, kw_only=True):
    """A left side, the right side that belongs to it, and why."""

    left: Text
    right: Text
    reason: Text


class Extra(Part, frozen=True, kw_only=True):
    """A right side that belongs to no left side."""

    text: Text
    reason: Text


class Blank(Part, frozen=True, kw_only=True):
    """One gap of a cloze, written `__1__`, `__2__`, … in the code."""

    accept: Annotated[tuple[str, ...], Meta(min_length=1)]
    reason: Text
    near: tuple[Near, ...] = ()


class Point(Part, frozen=True, kw_only=True):
    """One item of the checklist of an open answer."""

    text: Text
    must: bool = True


class Base(Part, frozen=True, tag_field="type", kw_only=True):
    """What every question has.

    `revision` counts edits; `meaning` counts the edits that change the answer
    (only those restart a learner's history). `articles` names rows of
    `questions/articles.yaml`: what this question covers (`003-p4`), or the claim
    or defect that it asks about (`003-p4-e2`, `003-c1-d5`). `proof` is Python that the
    project's tests run, with the key in `answer`; the program never runs it.
    """

    id: Slug
    revision: Count
    level: Level
    tags: Annotated[tuple[Slug, ...], Meta(min_length=1)]
    prompt: Text
    explanation: Text
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]
    checked: date
    meaning: Count = 1
    versions: dict[str, str] = field(default_factory=dict)
    exercise: Slug | None = None
    hint: Text | None = None
    articles: tuple[ArticleRef, ...] = ()
    code: str | None = None
    proof: str | None = None


class Drawable(Base, frozen=True, kw_only=True):
    """A question whose numbers may be drawn: `computed` names a function of the twin .py.

    `mistakes` says, for each wrong value that the function returns, why it is wrong.
    """

    computed: Identifier | None = None
    mistakes: dict[Identifier, Text] = field(default_factory=dict)


class Single(Drawable, frozen=True, tag="single", kw_only=True):
    """Exactly one option is right. A drawn one has `option` and `right` instead of `options`."""

    options: tuple[Option, ...] = ()
    keep_order: bool = False
    option: Text | None = None
    right: Text | None = None


class Multiple(Base, frozen=True, tag="multiple", kw_only=True):
    """One or more options are right; score max(0, (hits - wrong picks) / right ones)."""

    options: Annotated[tuple[Option, ...], Meta(min_length=3, max_length=9)]
    keep_order: bool = False


class TrueFalse(Base, frozen=True, tag="true-false", kw_only=True):
    """A statement, whether it is true, and the reason that settles it."""

    verdict: bool
    reasons: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]


class Numeric(Drawable, frozen=True, tag="numeric", kw_only=True):
    """A number: relative `tolerance`, or `digits` significant ones; `unit` from the unit table."""

    value: float | None = None
    unit: str = ""
    tolerance: NonNegative = 0.01
    digits: Count | None = None
    near: tuple[Near, ...] = ()


class Short(Base, frozen=True, tag="short", kw_only=True):
    """A word or two; folding of case, width, spaces and hyphens is automatic."""

    accept: Annotated[tuple[str, ...], Meta(min_length=1)]
    near: tuple[Near, ...] = ()


class Ordering(Base, frozen=True, tag="ordering", kw_only=True):
    """Steps in a right order (there may be several when steps have `after`)."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=3, max_length=9)]


class Matching(Base, frozen=True, tag="matching", kw_only=True):
    """Left sides to be joined to right sides; there may be more right sides."""

    pairs: Annotated[tuple[Pair, ...], Meta(min_length=2, max_length=8)]
    extra: tuple[Extra, ...] = ()


class Cloze(Base, frozen=True, tag="cloze", kw_only=True):
    """Code with gaps `__1__`, `__2__`, …; spacing and quote style do not matter."""

    blanks: Annotated[tuple[Blank, ...], Meta(min_length=1, max_length=9)]


class Output(Drawable, frozen=True, tag="output", kw_only=True):
    """What running `code` gives: its printed output, its last value, or which exception."""

    gives: Literal["output", "value", "exception"]
    value: str | None = None
    tolerance: NonNegative = 0.0
    near: tuple[Near, ...] = ()


class Bug(Base, frozen=True, tag="bug", kw_only=True):
    """The line of `code` that is wrong, and why.

    The tests run `code` then `proof` and must see `failure`; with `fix` in place of
    `code` nothing may be raised.
    """

    lines: Annotated[tuple[Line, ...], Meta(min_length=1)]
    reasons: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]
    fix: str
    failure: Identifier


class Shape(Drawable, frozen=True, tag="shape", kw_only=True):
    """The shape of a tensor, with symbols named in the prompt: `(B, H, S, S)`."""

    value: str | None = None
    near: tuple[Near, ...] = ()


class Open(Base, frozen=True, tag="open", kw_only=True):
    """A free answer that the learner compares with a checklist and a model answer."""

    points: Annotated[tuple[Point, ...], Meta(min_length=2, max_length=9)]
    answer: Text


Question = (
    Single | Multiple | TrueFalse | Numeric | Short | Ordering | Matching
    | Cloze | Output | Bug | Shape | Open
)  # fmt: skip


class Group(Part, frozen=True, kw_only=True):
    """One file of the bank: `questions/<topic>/<group>.yaml`."""

    format: Annotated[int, Meta(ge=1)]
    questions: Annotated[tuple[Question, ...], Meta(min_length=1)]


class Tag(Part, frozen=True, kw_only=True):
    """A sub-topic."""

    id: Slug
    name: Text


class Topic(Part, frozen=True, kw_only=True):
    """`questions/<topic>/topic.yaml`: the topic's name and its sub-topics."""

    format: Annotated[int, Meta(ge=1)]
    name: Text
    tags: Annotated[tuple[Tag, ...], Meta(min_length=1)]


class Drawn(Part, frozen=True, kw_only=True):
    """What a generator returns: the values to show, the answer, and wrong answers by mistake.

    Shown values are rounded before the answer is computed from them.
    """

    show: Mapping[str, str | int | float | Text]
    answer: float | str
    wrong: Mapping[str, float | str] = field(default_factory=dict)
