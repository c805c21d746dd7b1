"""What may go wrong with whole statements: one is forgotten, a context is not entered."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from prep.exercises.mutants_text import Edit, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prep.exercises.mutants_text import Source

_CONTEXTS: Final = frozenset(
    {"no_grad", "inference_mode", "enable_grad", "autocast", "no_sync", "set_grad_enabled"}
)
_AUGMENTED: Final[dict[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+=", "-="),
    ast.Sub: ("-=", "+="),
    ast.Mult: ("*=", "/="),
    ast.Div: ("/=", "*="),
}
_NOTHING: Final = "__import__('contextlib').nullcontext()"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def statement_edits(source: Source, node: ast.stmt, function: Function | None) -> Iterator[Edit]:
    """Yield the edits of one statement of `function`; its expressions are asked for themselves."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Break() | ast.Raise():
            if not source.of(node).startswith("super().__init__("):  # nothing works without it
                yield _passed(source, node)
        case ast.AugAssign():
            yield from _augmented(source, node)
        case ast.Assign() if function is not None and _can_go(node, function):
            yield _passed(source, node)
        case ast.If() | ast.While() if not isinstance(node.test, ast.Compare | ast.Constant):
            yield source.negated(node.test)
        case ast.With() | ast.AsyncWith():
            yield from _contexts(source, node)
        case _:
            return


def _passed(source: Source, node: ast.stmt) -> Edit:
    return Edit(node, *source.span(node), "pass")


def _augmented(source: Source, node: ast.AugAssign) -> Iterator[Edit]:
    yield _passed(source, node)
    change = _AUGMENTED.get(type(node.op))
    if change is None:
        return
    place = source.token(source.span(node.target)[1], source.span(node.value)[0], change[0])
    if place is not None:
        yield Edit(node, *place, change[1])
        yield Edit(node, *place, "=")


def _can_go(node: ast.Assign, function: Function) -> bool:
    """Return whether the names that it sets have values without it: else it only fails to run."""
    told = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    for other in ast.walk(function):
        if isinstance(other, ast.Name) and isinstance(other.ctx, ast.Store):
            told |= {other.id} if other.lineno < node.lineno else set()
    targets = [each for target in node.targets for each in _leaves(target)]
    if function.name == "__init__" and any(isinstance(each, ast.Attribute) for each in targets):
        return False
    return all(not isinstance(each, ast.Name) or each.id in told for each in targets)


def _leaves(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [leaf for each in target.elts for leaf in _leaves(each)]
    return [target]


def _contexts(source: Source, node: ast.With | ast.AsyncWith) -> Iterator[Edit]:
    for item in node.items:
        if item.optional_vars is None and _name(item.context_expr) in _CONTEXTS:
            name = f"with {one_line(source.of(item.context_expr))} -> without"
            yield source.replaced(item.context_expr, _NOTHING)._replace(name=name)


def decorator_edits(source: Source, node: Function) -> Iterator[Edit]:
    """Yield the edits that leave a decorator out."""
    for decorator in node.decorator_list:
        if _name(decorator) in _CONTEXTS:
            start, end = source.span(decorator)
            begin = source.text.rindex("@", 0, start)
            name = f"@{one_line(source.of(decorator))} -> without"
            yield Edit(decorator, begin, end, "", name)


def _name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return str(getattr(called, "attr", getattr(called, "id", "")))
