"""`prep run exercise`."""

import gc
import json
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.completion import exercise_argument
from prep.cli.context import Context
from prep.cli.help import HelpfulTyper
from prep.errors import PrepError
from prep.model.device import Wanted
from prep.model.run import RunReport
from prep.ui.words import Words

_CODES = {"done": 0, "failed": 1, "interrupted": 130}


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep run` with its one command."""
    runs = HelpfulTyper(help=words.say("help-run"), no_args_is_help=True)

    @runs.callback()
    def group() -> None:
        """Keep `exercise` a subcommand although it is the only one."""

    @runs.command("exercise", help=words.say("help-run-exercise"))
    def exercise(  # noqa: PLR0913 - one parameter for each option of the command
        context: typer.Context,
        name: Annotated[str, exercise_argument(words)],
        solution: Annotated[
            str,
            typer.Option(metavar="WHICH", help=words.say("help-run-solution")),
        ] = "",
        device: Annotated[
            Wanted, typer.Option(metavar="auto|cpu|cuda|mps", help=words.say("help-grade-device"))
        ] = "auto",
        quick: Annotated[bool, typer.Option("--quick", help=words.say("help-run-quick"))] = False,
        seed: Annotated[
            int, typer.Option(min=0, max=2**31 - 1, help=words.say("help-run-seed"))
        ] = 0,
        model: Annotated[
            str, typer.Option(metavar="PATH|ID", help=words.say("help-run-model"))
        ] = "",
        plain: Annotated[bool, typer.Option("--plain", help=words.say("help-plain"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
    ) -> int:
        del plain  # read by `main`, for every command
        options = {"model": _in_full(model)} if model else {}
        return run_exercise(
            context.obj,
            name,
            solution,
            device=device,
            quick=quick,
            seed=seed,
            options=options,
            as_json=as_json,
        )

    app.add_typer(runs, name="run")


def run_exercise(  # noqa: PLR0913 - what the command line says
    context: Context,
    name: str,
    solution: str,
    *,
    device: Wanted,
    quick: bool,
    seed: int,
    options: dict[str, str],
    as_json: bool,
) -> int:
    """Run a demo, show it, and return the exit code."""
    from prep.app.run import Wish, run_demo  # noqa: PLC0415 - loaded for this command only
    from prep.app.run_choice import choose_solution  # noqa: PLC0415
    from prep.app.run_needs import check_needs, check_options  # noqa: PLC0415
    from prep.cli.interrupts import Interrupts  # noqa: PLC0415
    from prep.cli.places import data_folder, shipped  # noqa: PLC0415
    from prep.cli.run_screen import audience_for  # noqa: PLC0415
    from prep.exercises.catalog import find_exercise  # noqa: PLC0415

    gc.enable()  # a run is long, and paints much
    shelf = find_exercise(shipped("exercises"), name)
    check_options(shelf, options)
    choice = choose_solution(shelf, solution, context.store)
    check_needs(shelf)
    folder = _new_folder(data_folder() / "runs" / name, context)
    wish = Wish(device=device, quick=quick, seed=seed, options=options, folder=folder)
    with Interrupts() as stop, audience_for(context, stop, silent=as_json) as audience:
        report = run_demo(shelf, choice, wish, audience, stop)
    _keep(report, context, as_json=as_json)
    return _CODES[report.status]


def _keep(report: RunReport, context: Context, *, as_json: bool) -> None:
    """Write the run's document into its folder, and show the run."""
    from prep.app.run import RUN  # noqa: PLC0415
    from prep.ui.run import report_lines, report_view  # noqa: PLC0415
    from prep.ui.wrap import page  # noqa: PLC0415

    text = json.dumps(report_view(report, context.words), ensure_ascii=False)
    if as_json:
        typer.echo(text)
    else:
        out = context.out
        drawn = out.is_terminal and not context.plain
        coloured = out.color_system is not None and not out.no_color
        lines = report_lines(report, context.words, out.width, drawn=drawn, coloured=coloured)
        out.print(page(lines))
    file = Path(report.folder, RUN)
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise PrepError("file-unwritable", path=str(file), problem=str(error)) from error


def _new_folder(parent: Path, context: Context) -> Path:
    """Make the run's own folder, named by the time; an old one is never used again."""
    stamp = context.clock.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S")
    number = 1
    while True:
        folder = parent / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise PrepError("file-unwritable", path=str(folder), problem=str(error)) from error
        else:
            return folder


def _in_full(name: str) -> str:
    """Return a path in full, since the demo runs in a folder of its own; an id stays an id."""
    path = Path(name).expanduser()
    return str(path.resolve()) if path.exists() else name
