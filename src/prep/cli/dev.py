"""`prep dev check`: for authors of exercises."""

import json
import os
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.cli.help import HelpfulTyper
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep dev` with its commands."""
    dev = HelpfulTyper(help=words.say("help-dev"), no_args_is_help=True)

    @dev.callback()
    def group() -> None:
        """Keep `check` a subcommand although it is the only one."""

    @dev.command("check", help=words.say("help-dev-check"))
    def check(
        context: typer.Context,
        exercises: Annotated[
            list[str] | None, typer.Argument(metavar="[ID]…", help=words.say("help-dev-ids"))
        ] = None,
        mutants: Annotated[bool, typer.Option("--mutants", help=words.say("help-mutants"))] = False,
        jobs: Annotated[int, typer.Option(min=0, help=words.say("help-jobs"))] = 0,
    ) -> int:
        return run_mutants(context.obj, exercises or [], jobs or os.cpu_count() or 1)

    app.add_typer(dev, name="dev")


def run_mutants(context: Context, names: list[str], jobs: int) -> int:
    from prep.app.dev_crew import Crew
    from prep.app.dev_grade import Desk, Habits
    from prep.app.dev_mutants import hunt
    from prep.cli.places import shipped
    from prep.exercises.catalog import exercise_ids, find_exercise
    from prep.exercises.mutants import mutants
    from prep.grading.copies import scratch_folder

    root = shipped("exercises")
    bad = 0
    for name in names or exercise_ids(root):
        shelf = find_exercise(root, name)
        made = mutants((shelf.folder / "reference.py").read_text(encoding="utf-8"))
        fates = []
        with scratch_folder() as folder, Crew(shelf.exercise.needs, jobs) as crew:
            (folder / "answers").mkdir()
            desk = Desk(shelf, folder / "answers", crew, Habits())
            file = shelf.folder / "reference.py"
            base = next(crew.run([lambda bench: desk.grade(file, 1, bench)]))
            if base.verdict != "passed":
                typer.echo(f"{name}: reference: {base.verdict} {base.note}")
                bad += 1
                continue
            desk.habits.learn(base)
            for fate in crew.run(hunt(made, desk, folder)):
                fates.append(fate)
                word = fate.killed_by or ("marked" if fate.reason else "SURVIVED")
                typer.echo(f"{len(fates):4}/{len(made)} {fate.name} [{word}]")
        typer.echo("")
        known = {mutant.name for mutant in made}
        for mark in shelf.exercise.equivalent:
            if mark.mutant not in known:
                bad += 1
                typer.echo(f"{name}/exercise.yaml: stale mark {mark.mutant}")
        for fate in sorted(fates, key=lambda each: each.line):
            if fate.killed_by and fate.reason:
                typer.echo(f"{name}: marked equivalent, but {fate.killed_by} notices: {fate.name}")
                bad += 1
            if not fate.survived:
                continue
            bad += 1
            typer.echo(f"{name}/reference.py:{fate.line} survived:")
            for line in fate.removed:
                typer.echo(f"    - {line}")
            for line in fate.added:
                typer.echo(f"    + {line}")
            quoted = json.dumps(fate.name, ensure_ascii=False)
            typer.echo(f"    equivalent: {{mutant: {quoted}, reason: …}}")
        left = sum(fate.survived for fate in fates)
        typer.echo(f"{name}: {len(fates)} mutants, {left} survivors")
    return 1 if bad else 0
