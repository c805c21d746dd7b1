"""What may go wrong inside an expression: each rule gives edits for the nodes that it knows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from prep.exercises.mutants_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prep.exercises.mutants_text import Edit, Source

_OPERATORS: Final[dict[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
}
_COMPARISONS: Final[dict[type[ast.cmpop], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    ast.Lt: (("<",), ("<=", ">=")),
    ast.LtE: (("<=",), ("<", ">")),
    ast.Gt: ((">",), (">=", "<=")),
    ast.GtE: ((">=",), (">", "<")),
    ast.Eq: (("==",), ("!=",)),
    ast.NotEq: (("!=",), ("==",)),
    ast.Is: (("is",), ("is not",)),
    ast.IsNot: (("is", "not"), ("is",)),
    ast.In: (("in",), ("not in",)),
    ast.NotIn: (("not", "in"), ("in",)),
}
_TWINS: Final = {
    "train": "eval",
    "eval": "train",
    "mean": "sum",
    "sum": "mean",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "floor": "ceil",
    "ceil": "floor",
    "zeros": "ones",
    "ones": "zeros",
    "new_zeros": "new_ones",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
}
# Calls whose result is often taken for their first operand.
_WRAPPERS: Final = frozenset(
    {
        "abs",
        "clamp",
        "clip",
        "clone",
        "copy",
        "deepcopy",
        "detach",
        "exp",
        "flip",
        "log",
        "relu",
        "reversed",
        "round",
        "sigmoid",
        "softmax",
        "sorted",
        "sqrt",
        "square",
        "tanh",
        "flatten",
        "permutation",
        "item",
    }
)
# These arguments say how carefully or how loudly, not what.
_MANNERS: Final = frozenset({"strict", "verbose", "weights_only", "non_blocking"})
_DROPS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
# Their arguments may come in any order, or cannot be taken for each other.
_UNORDERED: Final = frozenset(
    {
        "isinstance",
        "getattr",
        "setattr",
        "hasattr",
        "zip",
        "max",
        "min",
        "maximum",
        "minimum",
        "replace",
        "open",
        "isclose",
        "allclose",
        "equal",
        "gcd",
    }
)
_FEW: Final = 10
_TINY: Final = 1e-6
_SWAPPABLE: Final = frozenset({2, 3})


def expression_edits(source: Source, node: ast.expr, parents: list[ast.AST]) -> Iterator[Edit]:
    """Yield the edits of one expression inside `parents`; its parts are asked for themselves."""
    match node:
        case ast.UnaryOp():
            yield from _sign(source, node, _shown(node, parents))
        case ast.Constant():
            yield from _constant(source, node, parents)
        case ast.Attribute(attr="T" | "mT"):
            yield source.replaced(node, source.of(node.value))
        case ast.IfExp() if not isinstance(node.test, ast.Compare):
            yield source.negated(node.test, node)
        case _:
            yield from _compound(source, node)


def _compound(source: Source, node: ast.expr) -> Iterator[Edit]:
    match node:
        case ast.BinOp():
            yield from _operation(source, node)
        case ast.BoolOp():
            yield from _logic(source, node)
        case ast.Compare():
            yield from _comparison(source, node)
        case ast.Call():
            yield from _call(source, node)
        case ast.Subscript():
            yield from _index(source, node)
        case _:
            return


def _operation(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    change = _OPERATORS.get(type(node.op))
    between = source.span(node.left)[1], source.span(node.right)[0]
    place = source.token(*between, change[0]) if change else None
    if change and place:
        yield source.replaced(
            node,
            source.text[source.span(node)[0] : place[0]]
            + change[1]
            + source.text[place[1] : source.span(node)[1]],
        )
    if isinstance(node.op, _DROPS):
        yield source.replaced(node, source.of(node.left))
    if isinstance(node.op, ast.Add | ast.Mult):
        yield source.replaced(node, source.of(node.right))


def _sign(source: Source, node: ast.UnaryOp, shown: ast.AST) -> Iterator[Edit]:
    if isinstance(node.op, ast.USub | ast.Not):
        yield source.replaced(node, source.of(node.operand), shown)
    if isinstance(node.op, ast.USub) and _is_int(node.operand):
        number = -int(source.of(node.operand))
        yield source.replaced(node, str(number + 1), shown)
        yield source.replaced(node, str(number - 1), shown)


def _logic(source: Source, node: ast.BoolOp) -> Iterator[Edit]:
    first, second = node.values[:2]
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    start, end = source.span(node)
    place = source.token(source.span(first)[1], source.span(second)[0], old)
    if place and len(node.values) == 2:  # noqa: PLR2004 - a and b
        yield source.replaced(
            node, source.text[start : place[0]] + new + source.text[place[1] : end]
        )
        yield source.replaced(node, source.of(first))
        yield source.replaced(node, source.of(second))


def _comparison(source: Source, node: ast.Compare) -> Iterator[Edit]:
    sides = [node.left, *node.comparators]
    start, end = source.span(node)
    for left, operator, right in zip(sides, node.ops, node.comparators, strict=False):
        old, new = _COMPARISONS[type(operator)]
        place = source.token(source.span(left)[1], source.span(right)[0], *old)
        for word in new if place else ():
            assert place is not None  # noqa: S101 - for the type checker
            text = source.text[start : place[0]] + word + source.text[place[1] : end]
            yield source.replaced(node, text)


def _shown(node: ast.expr, parents: list[ast.AST]) -> ast.AST:
    """Return the piece of code that a number is shown in: alone it tells nothing."""
    for parent in reversed(parents):
        if not isinstance(parent, ast.expr | ast.keyword | ast.arguments):
            break
        if not isinstance(parent, ast.Tuple | ast.List | ast.Slice):
            return parent
    return node


def _constant(source: Source, node: ast.Constant, parents: list[ast.AST]) -> Iterator[Edit]:
    if isinstance(parents[-1], ast.keyword) and parents[-1].arg in _MANNERS:
        return
    for value in _other_values(node.value):
        yield source.replaced(node, repr(value), _shown(node, parents))


def _other_values(value: object) -> Sequence[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value * 2] if value > _FEW else [value + 1, value - 1][: 1 + value]
    if isinstance(value, float):
        return [] if 0 < abs(value) < _TINY else [value * 2 or 1.0]
    return []


def _call(source: Source, node: ast.Call) -> Iterator[Edit]:
    name = _called(node)
    yield from _other_function(source, node, name)
    if name in _WRAPPERS:
        yield from _unwrapped(source, node)
    if name == "range":
        yield from _off_by_one(source, node.args[-1])
    elif len(node.args) in _SWAPPABLE and _may_swap(node, name):
        one, other = node.args[-2:]
        start, end = source.span(one)[0], source.span(other)[1]
        middle = source.text[source.span(one)[1] : source.span(other)[0]]
        swapped = source.of(other) + middle + source.of(one)
        whole = source.text[source.span(node)[0] : start] + swapped
        yield source.replaced(node, whole + source.text[end : source.span(node)[1]])
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in _MANNERS:
            yield from _without(source, node, keyword)


def _other_function(source: Source, node: ast.Call, name: str) -> Iterator[Edit]:
    twin = _TWINS.get(name)
    if twin is None or (isinstance(node.func, ast.Name) and name not in {"min", "max"}):
        return
    end = source.span(node.func)[1]
    start, rest = source.span(node)[0], source.text[end : source.span(node)[1]]
    yield source.replaced(node, source.text[start : end - len(name)] + twin + rest)


def _unwrapped(source: Source, node: ast.Call) -> Iterator[Edit]:
    """Leave the call out: `x.f(…)` and `module.f(x, …)` become `x`."""
    func = node.func
    of_module = isinstance(func, ast.Name) or (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and func.value.id in {"torch", "np", "numpy", "copy", "math", "tf", "F", "functional"}
    )
    if of_module and node.args and not isinstance(node.args[0], ast.Starred):
        yield source.replaced(node, source.of(node.args[0]))
    elif not of_module and isinstance(func, ast.Attribute):
        yield source.replaced(node, source.of(func.value))


def _without(source: Source, node: ast.Call, keyword: ast.keyword) -> Iterator[Edit]:
    """Leave a keyword argument out, so that the default holds."""
    start, end = source.span(keyword)
    first, last = source.span(node)
    comma = source.token(end, last, ",")
    before = source.text[first:start]
    if comma is not None:
        rest = source.text[comma[1] : last].lstrip(" ")
    else:
        before = before.rstrip().removesuffix(",")
        rest = source.text[end:last]
    called = one_line(source.of(node.func))
    name = f"{called}(… {one_line(source.of(keyword))}) -> {called}(…)"
    yield source.replaced(node, before + rest)._replace(name=name)


def _may_swap(node: ast.Call, name: str) -> bool:
    """Return whether the last two arguments could be taken for each other."""
    plain = not any(isinstance(each, ast.Starred | ast.Constant) for each in node.args[-2:])
    return plain and name not in _UNORDERED and ast.dump(node.args[-1]) != ast.dump(node.args[-2])


def _index(source: Source, node: ast.Subscript) -> Iterator[Edit]:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for part in parts:
        if isinstance(part, ast.Slice):
            for bound in (part.lower, part.upper):
                if bound is not None:
                    yield from _off_by_one(source, bound)
        elif _is_int(part) and source.of(part) == "0" and not _is_shape(node.value):
            yield source.replaced(part, "-1", node)
        elif isinstance(part, ast.Name | ast.Call):
            yield source.replaced(part, f"{source.of(part)} - 1", node)


def _off_by_one(source: Source, node: ast.expr) -> Iterator[Edit]:
    """Move a bound that is no number; numbers are moved as constants."""
    if not isinstance(node, ast.Constant | ast.UnaryOp | ast.Starred):
        yield source.replaced(node, f"{source.of(node)} + 1")
        yield source.replaced(node, f"{source.of(node)} - 1")


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_shape(node: ast.expr) -> bool:
    """Return whether it is the shape of something: its last side is mostly the next one, too."""
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def _is_int(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int
