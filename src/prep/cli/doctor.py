"""`prep doctor`."""

import json
import platform
import sys
from typing import Annotated, Any

import typer

from prep import __version__
from prep.cli.context import Context
from prep.ui.words import Words

_TELL_EVERY = 50


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep doctor`."""

    @app.command("doctor", help=words.say("help-doctor"))
    def doctor(
        context: typer.Context,
        rebuild: Annotated[bool, typer.Option("--rebuild", help=words.say("help-rebuild"))] = False,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        if rebuild:
            return run_rebuild(context.obj)
        return report_as_json(context.obj) if as_json else run_doctor(context.obj)


def run_rebuild(context: Context) -> int:
    """Replay the log into the cards."""

    def tell(done: int) -> None:
        if done % _TELL_EVERY == 0:
            _progress(context, context.words.say("rebuilding", done=done))

    count = context.store.rebuild(tell)
    _progress(context)
    typer.echo(context.words.say("rebuilt", count=count))
    return 0


def run_doctor(context: Context) -> int:
    """Print what is installed and whether it works; 1 when something is wrong."""
    from rich.text import Text  # noqa: PLC0415 - for this command only

    from prep.app.doctor import examine, libraries  # noqa: PLC0415
    from prep.ui.doctor import lab_lines, library_lines  # noqa: PLC0415

    words = context.words

    def show(line: Any) -> None:  # noqa: ANN401 - anything that rich can show
        context.out.print(line)

    show(Text(_machine()))
    for line in library_lines(libraries(), words):
        show(line)
    complaints = context.store.complaints()
    # A path is for copying: nothing may break it.
    typer.echo(words.say("doctor-store", path=context.store.path))
    typer.echo("\n".join(complaints) or words.say("doctor-store-good"))
    for code, (path, count) in _shipped(context).items():
        typer.echo(words.say(code, path=path, count=count))
    lab = examine(lambda code: _progress(context, words.say(code)))
    _progress(context)
    for line in lab_lines(lab, words):
        show(line)
    return 0 if lab.is_good and not complaints else 1


def report_as_json(context: Context) -> int:
    """Print the same as one document."""
    from prep.app.doctor import examine, libraries  # noqa: PLC0415 - for this command only
    from prep.ui.doctor import lab_view  # noqa: PLC0415

    complaints = context.store.complaints()
    lab = examine(lambda _: None)
    is_good = lab.is_good and not complaints
    counts = {code.partition("-")[2]: count for code, (_, count) in _shipped(context).items()}
    document = {
        "schema": 1,
        "good": is_good,
        "prep": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "store": {"path": str(context.store.path), "complaints": list(complaints)},
        "shipped": counts,
        **lab_view(lab, libraries()),
    }
    typer.echo(json.dumps(document, ensure_ascii=False))
    return 0 if is_good else 1


def _machine() -> str:
    return f"prep {__version__} · Python {platform.python_version()} · {platform.platform()}"


def _shipped(context: Context) -> dict[str, tuple[str, int]]:
    """Return where bank and exercises are, and how many of them."""
    from prep.app.exercises import exercises  # noqa: PLC0415 - for this command only
    from prep.cli.places import shipped  # noqa: PLC0415

    shelves = shipped("exercises")
    return {
        "doctor-bank": (str(shipped("questions")), len(context.index().entries)),
        "doctor-exercises": (str(shelves), len(exercises(shelves))),
    }


def _progress(context: Context, text: str = "") -> None:
    """Tell a terminal what is being done, in place of what was told before."""
    if not sys.stderr.isatty():
        return
    text = text.replace("`", "")
    if not context.plain:
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
