"""The Typer application, built for one run in one language."""

import os
from typing import Annotated

import click
import typer

from prep.cli.context import Context
from prep.cli.help import HelpfulTyper
from prep.cli.registry import COMMANDS, add_commands
from prep.cli.usage import explain_usage
from prep.ui.words import Words


def build(words: Words, called: str | None) -> typer.Typer:
    """Return the application with the command `called`, or with all commands."""
    app = HelpfulTyper(
        name="prep",
        help=words.say("help-app"),
        no_args_is_help=False,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def home(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help=words.say("help-version"))] = False,
        lang: Annotated[str, typer.Option(metavar="en|zh", help=words.say("help-lang"))] = "",
        completion: Annotated[
            bool, typer.Option("--install-completion", help=words.say("help-completion"))
        ] = False,
    ) -> None:
        del lang  # taken out of the arguments before Typer sees them
        if completion:
            from prep.cli.completion import install_completion  # noqa: PLC0415

            install_completion(words)
            raise typer.Exit
        if version:
            from prep import __version__  # noqa: PLC0415

            typer.echo(f"prep {__version__}")
            raise typer.Exit
        if context.invoked_subcommand is None:
            from prep.cli.home import show_home  # noqa: PLC0415

            show_home(context)

    add_commands(app, words, called)
    return app


def run_app(arguments: list[str], words: Words, context: Context) -> int:
    """Run the command in `arguments` and return its exit code."""
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    command = typer.main.get_command(build(words, called if called in COMMANDS else None))
    try:
        if "_PREP_COMPLETE" in os.environ:  # the learner's shell asks what may follow
            command.main(arguments, "prep", obj=context)
        # Not `main`: it turns an interrupt and a closed pipe into exit codes without a word.
        with command.make_context("prep", list(arguments), obj=context) as current:
            result = command.invoke(current)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.exceptions.ClickException as error:
        return explain_usage(error, words, called if called in COMMANDS else None)
    return result if isinstance(result, int) else 0
