"""`prep doctor`."""

import platform
import sys
from typing import Annotated

import typer

from prep import __version__
from prep.cli.context import Context
from prep.ui.words import Words

_TELL_EVERY = 50
_LIBRARIES = ("typer", "click", "rich", "msgspec", "fsrs", "pyyaml", "platformdirs")


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep doctor`."""

    @app.command("doctor", help=words.say("help-doctor"))
    def doctor(
        context: typer.Context,
        rebuild: Annotated[bool, typer.Option("--rebuild", help=words.say("help-rebuild"))] = False,
    ) -> int:
        return run_rebuild(context.obj) if rebuild else run_doctor(context.obj)


def run_rebuild(context: Context) -> int:
    """Replay the log into the cards."""

    def tell(done: int) -> None:
        if sys.stderr.isatty() and done % _TELL_EVERY == 0:
            sys.stderr.write("\r" + context.words.say("rebuilding", done=done))
            sys.stderr.flush()

    count = context.store.rebuild(tell)
    if sys.stderr.isatty():
        sys.stderr.write("\r")
    typer.echo(context.words.say("rebuilt", count=count))
    return 0


def run_doctor(context: Context) -> int:
    """Print what is installed and whether store and bank are sound; 1 when one is not."""
    from importlib import metadata  # noqa: PLC0415 - it loads email and socket

    from prep.cli.places import shipped  # noqa: PLC0415 - for this command only

    words = context.words
    typer.echo(f"prep {__version__} · Python {platform.python_version()} · {platform.platform()}")
    typer.echo(" · ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES))
    complaints = context.store.complaints()
    typer.echo(words.say("doctor-store", path=context.store.path))
    typer.echo(words.say("doctor-store-good") if not complaints else "\n".join(complaints))
    index = context.index()
    typer.echo(words.say("doctor-bank", path=shipped("questions"), count=len(index.entries)))
    return 1 if complaints else 0
