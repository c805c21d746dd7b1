"""`prep config`."""

import json
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.errors import UsageError
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep config`."""

    @app.command("config", help=words.say("help-config"))
    def config(
        context: typer.Context,
        name: Annotated[str, typer.Argument(help=words.say("help-name"))] = "",
        value: Annotated[str, typer.Argument(help=words.say("help-value"))] = "",
        unset: Annotated[bool, typer.Option("--unset", help=words.say("help-unset"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        outside: Context = context.obj
        if name and (value or unset):
            _change(outside, name, None if unset else value)
        return _print(outside, name, as_json=as_json)


def _change(context: Context, name: str, value: str | None) -> None:
    from prep.app.settings import Settings, parse_setting  # noqa: PLC0415 - for this command only
    from prep.cli.language import remember_language, usual_language  # noqa: PLC0415
    from prep.core.days import study_day  # noqa: PLC0415

    if value is not None:
        parsed = parse_setting(name, value)
        today = study_day(context.clock.now(), context.clock.offset())
        if name == "exam" and str(parsed) <= today.isoformat():
            raise UsageError("exam-past", got=value)
    elif name not in Settings.__struct_fields__:
        raise UsageError("no-such-setting", name=name, known=", ".join(Settings.__struct_fields__))
    context.store.set_setting(name, value, at=context.clock.now())
    if name == "lang":
        remember_language(value)
        context.words = Words(usual_language())


def _print(context: Context, name: str, *, as_json: bool) -> int:
    from prep.app.settings import Settings, read_settings  # noqa: PLC0415

    settings = read_settings(context.store.settings())
    names = [name] if name else list(Settings.__struct_fields__)
    if name and name not in Settings.__struct_fields__:
        raise UsageError("no-such-setting", name=name, known=", ".join(Settings.__struct_fields__))
    values = {key: getattr(settings, key) for key in names}
    if as_json:
        typer.echo(json.dumps({"schema": 1, "settings": values}, default=str))
        return 0
    for key, value in values.items():
        shown = context.words.say("not-set") if value is None else value
        typer.echo(f"{key} = {shown}  ({context.words.say(f'setting-{key}')})")
    return 0
