"""`prep bank check`: for authors of questions."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from prep.cli.context import Context
from prep.cli.help import HelpfulTyper
from prep.ui.words import Words


def add(app: typer.Typer, words: Words) -> None:
    """Add `prep bank` with its one command."""
    bank = HelpfulTyper(help=words.say("help-bank"), no_args_is_help=True)

    @bank.callback()
    def group() -> None:
        """Keep `check` a subcommand although it is the only one."""

    @bank.command("check", help=words.say("help-bank-check"))
    def check(
        context: typer.Context,
        folder: Annotated[Path | None, typer.Argument(help=words.say("help-bank-dir"))] = None,
        trust: Annotated[bool, typer.Option("--trust", help=words.say("help-trust"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.say("help-json"))] = False,
        schema: Annotated[bool, typer.Option("--schema", help=words.say("help-schema"))] = False,
    ) -> int:
        if schema:
            from prep.bank.json_schema import json_schema  # noqa: PLC0415

            typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
            return 0
        return run_check(context.obj, folder, trust=trust, as_json=as_json)

    app.add_typer(bank, name="bank")


def run_check(context: Context, folder: Path | None, *, trust: bool, as_json: bool) -> int:
    """Print every finding; return 1 when there is one."""
    from prep.app.bank_check import check_bank  # noqa: PLC0415 - YAML is for authors only
    from prep.cli.places import shipped  # noqa: PLC0415

    # Somewhere it is tomorrow already.
    today = (context.clock.now() + timedelta(days=1)).date()
    bank = shipped("questions")
    report = check_bank(folder or bank, bank, trust=trust, today=today)
    words = context.words
    if as_json:
        rows = [
            {"file": f.file, "line": f.line, "column": f.column, "code": f.code,
             "message": words.say(f"finding-{f.code}", **f.values)}
            for f in report.findings
        ]  # fmt: skip
        typer.echo(
            json.dumps(
                {"schema": 1, "questions": report.questions, "findings": rows}, ensure_ascii=False
            )
        )
    else:
        for f in report.findings:
            sentence = words.say(f"finding-{f.code}", **f.values)
            typer.echo(f"{report.prefix}{f.file}:{f.line}:{f.column} {f.code} {sentence}")
        if report.skipped:
            typer.echo(words.say("bank-untrusted", count=report.skipped))
        typer.echo(
            words.say("bank-summary", questions=report.questions, findings=len(report.findings))
        )
    return 1 if report.findings else 0
