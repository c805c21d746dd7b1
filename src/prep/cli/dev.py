"""`prep dev check` and `prep dev new`: for authors of exercises."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from prep.cli.context import Context
from prep.cli.help import HelpfulTyper
from prep.model.dev import ExerciseCheck, Step
from prep.ui.words import Words

_LACKING = 3


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep dev` with its commands."""
    dev = HelpfulTyper(help=words.say("help-dev"), no_args_is_help=True)
    _add_check(dev, words)
    _add_new(dev, words)
    app.add_typer(dev, name="dev")


def _add_check(dev: typer.Typer, words: Words) -> None:
    @dev.command("check", help=words.say("help-dev-check"))
    def check(  # noqa: PLR0913 - Typer passes options by name
        context: typer.Context,
        exercises: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="[ID]...", help=words.say("help-dev-ids"), autocompletion=_known_names
            ),
        ] = None,
        mutants: Annotated[bool, typer.Option("--mutants", help=words.say("help-mutants"))] = False,
        folder: Annotated[
            Path | None, typer.Option("--dir", help=words.say("help-dev-root"))
        ] = None,
        jobs: Annotated[int, typer.Option(min=0, help=words.say("help-jobs"))] = 0,
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        names = exercises or []
        events = _events(context.obj, names, folder, mutants=mutants, jobs=jobs)
        return _run(context.obj, events, names, folder, as_json=as_json)


def _known_names(incomplete: str) -> list[str]:
    from prep.cli.places import shipped  # noqa: PLC0415 - for completion only
    from prep.exercises.catalog import exercise_ids  # noqa: PLC0415

    return [name for name in exercise_ids(shipped("exercises")) if name.startswith(incomplete)]


def _add_new(dev: typer.Typer, words: Words) -> None:
    @dev.command("new", help=words.say("help-dev-new"))
    def new(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="ID", help=words.say("help-dev-id"))],
        kind: Annotated[
            Literal["build", "debug"], typer.Option(help=words.say("help-dev-kind"))
        ] = "build",
        folder: Annotated[
            Path | None, typer.Option("--dir", help=words.say("help-dev-root"))
        ] = None,
    ) -> int:
        from prep.app.dev_new import new_exercise  # noqa: PLC0415 - for this command only
        from prep.cli.places import writable_exercises  # noqa: PLC0415

        outside: Context = context.obj
        root = folder or writable_exercises()
        made = new_exercise(root, name, kind, today=outside.clock.now().date())
        hint = f" --dir {folder}" if folder else ""
        outside.out.print(outside.words.say("dev-made", path=made, id=name, dir=hint))
        return 0


def _events(
    context: Context, names: list[str], folder: Path | None, *, mutants: bool, jobs: int
) -> Iterator[Step | ExerciseCheck]:
    from prep.app.dev_check import Wanted, check_exercises  # noqa: PLC0415 - slow to load
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.errors import UsageError  # noqa: PLC0415

    if folder is not None and not folder.is_dir():
        raise UsageError("no-such-folder", path=str(folder))
    topics = {path.parent.name for path in shipped("questions").glob("*/topic.yaml")}
    return check_exercises(
        Wanted(
            root=folder or shipped("exercises"),
            names=names,
            topics=topics,
            # Somewhere it is tomorrow already.
            today=(context.clock.now() + timedelta(days=1)).date(),
            jobs=jobs or os.cpu_count() or 1,
            mutants=mutants,
        )
    )


def _run(
    context: Context,
    events: Iterator[Step | ExerciseCheck],
    names: list[str],
    folder: Path | None,
    *,
    as_json: bool,
) -> int:
    from prep.cli.places import shipped  # noqa: PLC0415
    from prep.ui.dev import check_screen, check_view  # noqa: PLC0415

    prefix = f"{folder or shipped('exercises')}/"
    checks: list[ExerciseCheck] = []
    with _live(context, quiet=as_json) as live:
        for event in events:
            if isinstance(event, Step):
                live(event)
                continue
            checks.append(event)
            if not as_json:
                live(None)
                out = context.out
                for part in check_screen(event, context.words, prefix=prefix, width=out.width):
                    out.print(part, soft_wrap=True)
    if len(checks) > 1 and not as_json:
        count = sum(len(check.findings) for check in checks)
        typer.echo(context.words.say("dev-all", exercises=len(checks), findings=count))
    if as_json:
        views = [check_view(check, context.words) for check in checks]
        typer.echo(json.dumps({"schema": 1, "exercises": views}, ensure_ascii=False))
    if any(check.findings and (names or not check.draft) for check in checks):
        return 1
    return _LACKING if any(check.lacking for check in checks) else 0


@contextmanager
def _live(context: Context, *, quiet: bool) -> Iterator[Callable[[Step | None], None]]:
    """Give what shows a step: a line that moves on, or lines; None clears it."""
    from prep.ui.dev import step_line  # noqa: PLC0415

    if quiet:
        yield lambda _: None
    elif context.plain or not context.out.is_terminal:
        yield lambda step: typer.echo(step_line(step, context.words)) if step else None
    else:
        from rich.live import Live  # noqa: PLC0415 - for a terminal only
        from rich.text import Text  # noqa: PLC0415

        with Live(console=context.out, transient=True, auto_refresh=False) as live:

            def show(step: Step | None) -> None:
                line = Text(step_line(step, context.words) if step else "", style="quiet")
                line.truncate(context.out.width, overflow="ellipsis")
                live.update(line, refresh=True)

            yield show
