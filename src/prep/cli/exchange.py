"""`prep export` and `prep import`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.errors import PrepError, UsageError
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep export` and `prep import`."""

    @app.command("export", help=words.say("help-export"))
    def export(
        context: typer.Context,
        file: Annotated[str, typer.Argument(help=words.say("help-file"))] = "-",
    ) -> int:
        return run_export(context.obj, file)

    @app.command("import", help=words.say("help-import"))
    def import_(
        context: typer.Context,
        file: Annotated[str, typer.Argument(help=words.say("help-file"))],
    ) -> int:
        return run_import(context.obj, file)


def run_export(context: Context, file: str) -> int:
    """Write all progress; a file that is there already is not overwritten."""
    lines = (f"{line}\n" for line in context.store.export_lines())
    if file == "-":
        sys.stdout.writelines(lines)
        return 0
    path = Path(file)
    if path.exists():
        raise UsageError("file-exists", path=file)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as sink:
            sink.writelines(lines)
        part.replace(path)
    except OSError as error:
        raise PrepError("file-unwritable", path=file, problem=str(error)) from error
    sys.stderr.write(context.words.say("exported", path=file) + "\n")
    return 0


def run_import(context: Context, file: str) -> int:
    """Merge the progress in a file, all of it or nothing."""
    if file == "-":
        found = context.store.import_lines(sys.stdin)
    else:
        found = context.store.import_lines(_lines(Path(file)))
    from prep.cli.language import remember_language  # noqa: PLC0415 - for this command only

    remember_language(context.store.setting("lang"))
    sentence = context.words.say(
        "imported", entries=found.entries, known=found.known, settings=found.settings
    )
    typer.echo(sentence)
    return 0


def _lines(path: Path) -> Iterable[bytes]:
    try:
        return path.read_bytes().splitlines()
    except FileNotFoundError as error:
        raise UsageError("file-missing", path=str(path)) from error
    except OSError as error:
        raise PrepError("file-unreadable", path=str(path), problem=str(error)) from error
