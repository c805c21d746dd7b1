"""Small questions of each type, and strategies of responses."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from prep.model.question import (
    Blank,
    Bug,
    Cloze,
    Extra,
    Matching,
    Multiple,
    Near,
    Numeric,
    Open,
    Option,
    Ordering,
    Output,
    Pair,
    Point,
    Shape,
    Short,
    Single,
    Source,
    Step,
    TrueFalse,
)
from prep.model.response import Blanks, Match, Order, Picks, Reasoned, Ticks, Typed
from prep.model.text import Text


def words(text):
    return Text(en=text, zh=text)


BASE = {
    "id": "q",
    "revision": 1,
    "level": 1,
    "tags": ("t",),
    "prompt": words("?"),
    "explanation": words("!"),
    "sources": (Source(title="t", url="https://example.org"),),
    "checked": date(2026, 11, 22),
}


def options(rights, last=None):
    """One option for each letter of `rights`: `x` is right."""
    return tuple(
        Option(text=words(str(at)), reason=words("r"), right=mark == "x", last=at == last)
        for at, mark in enumerate(rights)
    )


def near(*forms, reply="near"):
    return Near(forms=forms, reply=words(reply))


def single(rights="x--", **more):
    return Single(**BASE, options=options(rights), **more)


def multiple(rights="xx--", **more):
    return Multiple(**BASE, options=options(rights), **more)


def true_false(*, verdict=True, rights="x--"):
    return TrueFalse(**BASE, verdict=verdict, reasons=options(rights))


def numeric(value, unit="", **more):
    return Numeric(**BASE, value=value, unit=unit, **more)


def short(*accept, **more):
    return Short(**BASE, accept=accept, **more)


def ordering(count=4, after=None):
    """Steps s0, s1, …; `after` maps a step's number to those before it."""
    before = after or {}
    return Ordering(
        **BASE,
        steps=tuple(
            Step(
                id=f"s{at}",
                text=words(str(at)),
                reason=words("r"),
                after=tuple(f"s{other}" for other in before.get(at, ())),
            )
            for at in range(count)
        ),
    )


def matching(rights="abc", extra="d"):
    return Matching(
        **BASE,
        pairs=tuple(
            Pair(left=words(str(at)), right=words(name), reason=words("r"))
            for at, name in enumerate(rights)
        ),
        extra=tuple(Extra(text=words(name), reason=words("r")) for name in extra),
    )


def cloze(*accepts, near_forms=()):
    nears = (near(*near_forms),) if near_forms else ()
    blanks = tuple(Blank(accept=forms, reason=words("r"), near=nears) for forms in accepts)
    return Cloze(**BASE, code="f(__1__)", blanks=blanks)


def output(value, gives="output", **more):
    return Output(**BASE, gives=gives, value=value, **more)


def bug(lines=(2,), count=4, rights="x--"):
    return Bug(
        **BASE,
        code="\n".join("pass" for _ in range(count)),
        lines=lines,
        reasons=options(rights),
        fix="pass",
        failure="AssertionError",
    )


def shape(value, **more):
    return Shape(**BASE, value=value, **more)


def open_question(musts="mm-"):
    points = tuple(Point(text=words("p"), must=mark == "m") for mark in musts)
    return Open(**BASE, points=points, answer=words("a"))


ALL = (
    single(),
    multiple(),
    true_false(),
    numeric(28.0, "GiB", near=(near("30"),)),
    numeric(0.85, digits=2),
    numeric(85.0, "%"),
    numeric(0.0),
    short("layer norm", near=(near("batch norm"),)),
    ordering(),
    matching(),
    cloze(("dim=-1", "-1"), ("x",), near_forms=("dim=0",)),
    output("tensor([1., 2.])", near=(near("[1, 2]"),)),
    output("0.69", tolerance=0.01),
    output("ValueError", "exception"),
    bug(),
    shape("(B, H, S//2, 3*D)", near=(near("(B, S)"),)),
    open_question(),
)

_TEXTS = st.text(max_size=30) | st.text(
    alphabet="0123456789.,eExX×^*/-+~% kMGTBib()[]{}'\"=_:BHSDnaift亿万", max_size=30
)
_PLACES = st.lists(st.integers(-1, 6), max_size=5).map(tuple)
RESPONSES = (
    st.builds(Picks, _PLACES)
    | st.builds(Typed, _TEXTS)
    | st.builds(Blanks, st.lists(_TEXTS, max_size=3).map(tuple))
    | st.builds(Order, _PLACES | st.permutations(range(4)).map(tuple))
    | st.builds(Match, _PLACES)
    | st.builds(Reasoned, st.integers(-1, 6), st.integers(-1, 4))
    | st.builds(Ticks, _PLACES)
)
