"""Help pages: Typer's own are English in places and cut Chinese short."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import click
import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import ArgumentInfo, CommandFunctionType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console, RenderableType

    from prep.cli.context import Context
    from prep.ui.words import Words

# Names longer than this stand on a line of their own, above what they mean.
_WIDEST_NAME = 28
# A range up to here is worth naming.
_MANY = 10_000
_FIRST_SENTENCE = re.compile(r".*?(?:。|\.(?= |$))")
_EXAMPLES = re.compile(r"(?:Examples?:|例：)[^`]*(?=`)")
_EXAMPLE = re.compile(r"`([^`]+)`")


class HelpfulCommand(TyperCommand):
    """A command with our help page."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the page of one command."""
        formatter.write(_page(self, ctx))


class HelpfulGroup(TyperGroup):
    """A group of commands with our help page."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the page of a group: its options and its commands."""
        formatter.write(_page(self, ctx))


class HelpfulTyper(typer.Typer):
    """A Typer application whose commands have our help pages."""

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - Typer's own parameters
        super().__init__(cls=HelpfulGroup, add_completion=False, **values)

    def command(
        self,
        name: str | None = None,
        **values: Any,  # noqa: ANN401 - as above
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Register a command."""
        return super().command(name, cls=HelpfulCommand, **values)


def _page(command: click.Command, context: click.Context) -> str:
    from prep.ui.wrap import page  # noqa: PLC0415 - rich is slow to load

    outside: Context = context.obj
    console = outside.out
    with console.capture() as captured:
        console.print(page(_parts(command, context, outside.words, console)))
    return captured.get()


def _parts(
    command: click.Command, context: click.Context, words: Words, console: Console
) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415 - as above

    from prep.ui.markup import inline  # noqa: PLC0415

    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield Text(words.say("help-usage", usage=usage), style="strong")
    yield Text()
    what, *examples = _EXAMPLES.split(command.help or "")
    yield inline(what)
    yield from (Text(f"  {code}", style="key") for code in _EXAMPLE.findall("".join(examples)))
    params = command.get_params(context)
    arguments = [_row(param, context, words) for param in params if _is_argument(param)]
    options = [_row(param, context, words) for param in params if not _is_argument(param)]
    yield from _table(words.say("help-arguments"), arguments, console)
    yield from _table(words.say("help-options"), options, console)
    if isinstance(command, click.Group):
        yield from _table(words.say("help-commands"), _commands(command, context), console)


def _table(title: str, rows: list[tuple[str, str]], console: Console) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415 - as above

    from prep.ui.markup import inline  # noqa: PLC0415
    from prep.ui.wrap import item  # noqa: PLC0415

    if not rows:
        return
    yield Text()
    yield Text(title, style="strong")
    names = [len(name) for name, _ in rows if len(name) <= _WIDEST_NAME]
    wide = 0 if console.width < 2 * _WIDEST_NAME else max(names, default=0)
    for name, what in rows:
        if len(name) > wide:
            yield Text(f"  {name}", style="key")
        beside = name if len(name) <= wide else ""
        yield item(f"  {beside:<{wide or 3}} ", inline(what), "key")


def _row(param: click.Parameter, context: click.Context, words: Words) -> tuple[str, str]:
    """Return the name of a parameter and what it means, with its default."""
    if "--help" in param.opts:
        return ", ".join(sorted(param.opts)), words.say("help-help")
    name = ", ".join(param.opts) if isinstance(param, click.Option) else ""
    value = "" if getattr(param, "is_flag", False) else metavar(param)
    what = str(getattr(param, "help", None) or _argument_help(param, context))
    default = param.get_default(context, call=False)
    if isinstance(default, str | int) and not isinstance(default, bool) and default != "":
        what += words.say("help-default", value=default)
    return f"{name} {value}".strip(), what


def _argument_help(param: click.Parameter, context: click.Context) -> str:
    """Return what the signature says of an argument: with click 8.5, Typer loses it."""
    function = inspect.unwrap(context.command.callback or print)
    hint = function.__annotations__.get(param.name or "")
    infos = getattr(hint, "__metadata__", ())
    return next((str(info.help) for info in infos if isinstance(info, ArgumentInfo)), "")


def metavar(param: click.Parameter) -> str:
    """Return what stands for the value of a parameter."""
    kind = param.type
    if param.metavar:
        return param.metavar
    if isinstance(kind, click.IntRange | click.FloatRange):
        bounded = kind.min is not None and kind.max is not None and kind.max < _MANY
        return f"{kind.min}…{kind.max}" if bounded else "N"
    if isinstance(param, click.Argument):
        return (param.name or "").strip("_").upper()
    return kind.name.upper()


def _commands(group: click.Group, context: click.Context) -> list[tuple[str, str]]:
    rows = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found = _FIRST_SENTENCE.match((command.help if command else "") or "")
        rows.append((name, found.group() if found else ""))
    return rows


def _is_argument(param: click.Parameter) -> bool:
    return isinstance(param, click.Argument)
