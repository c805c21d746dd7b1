"""The entry point: language first, then the command, then one place where errors end."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from prep.cli.language import choose_language
from prep.errors import PrepError
from prep.ui.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.cli.context import Context

INTERRUPTED = 130
OUR_BUG = 70
USAGE = 2


def run() -> None:
    """Run the command line of this process."""
    # A start makes much and throws away nothing; a quiz turns the collector on again.
    gc.disable()
    _speak_utf8()
    raise SystemExit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing is raised."""
    arguments = list(argv)
    try:
        words = Words(choose_language(arguments))
    except PrepError as error:
        return _refuse(Words("en"), error)
    if arguments == ["--version"]:
        from prep import __version__  # noqa: PLC0415

        sys.stdout.write(f"prep {__version__}\n")
        return 0
    return _guarded(arguments, words)


def _guarded(arguments: list[str], words: Words) -> int:
    from prep.cli.app import run_app  # noqa: PLC0415 - after the language is known
    from prep.cli.context import Context  # noqa: PLC0415

    context = Context(words.language, words, plain="--plain" in arguments)
    try:
        return run_app(arguments, words, context)
    except PrepError as error:
        return _refuse(words, error)
    except KeyboardInterrupt:
        sys.stderr.write("\n" + words.say("interrupted") + "\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as in `prep list | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one boundary
        from prep.cli.crash import write_log  # noqa: PLC0415

        path = write_log(error, arguments)
        sys.stderr.write(words.say("our-bug", problem=type(error).__name__, path=path) + "\n")
        return OUR_BUG
    finally:
        _close(context)


def _close(context: Context) -> None:
    try:
        context.close()
    except PrepError:
        return


def _refuse(words: Words, error: PrepError) -> int:
    sys.stderr.write(f"prep: {words.error(error)}\n")
    return error.exit_code


def _speak_utf8() -> None:
    """Chinese must not fail on a terminal or pipe that was set up for ASCII."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
