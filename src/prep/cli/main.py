"""The entry point: language first, then the command, then one place where errors end."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

from prep.cli.language import choose_language, usual_language
from prep.errors import PrepError
from prep.ui.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.cli.context import Context

INTERRUPTED = 130
OUR_BUG = 70
# A closed pipe, as in `prep list | head`; a closed terminal.
_READER_GONE = frozenset({errno.EPIPE, errno.EIO})


def run() -> None:
    """Run the command line of this process."""
    # A start makes much and throws away nothing; a quiz turns the collector on again.
    gc.disable()
    _speak_utf8()
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    raise SystemExit(code)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing is raised."""
    arguments = list(argv)
    try:
        words = Words(choose_language(arguments))
    except PrepError as error:
        return _refuse(Words(usual_language()), error)
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
        _complain("\n" + words.say("interrupted"))
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one boundary
        if isinstance(error, OSError) and error.errno in _READER_GONE:
            _drop_output()
            return 0
        from prep.cli.crash import write_log  # noqa: PLC0415

        path = write_log(error, arguments)
        _complain(words.say("our-bug", problem=type(error).__name__, path=path))
        return OUR_BUG
    finally:
        _close(context)


def _close(context: Context) -> None:
    try:
        context.close()
    except PrepError:
        return


def _refuse(words: Words, error: PrepError) -> int:
    _complain(f"prep: {words.error(error)}")
    return error.exit_code


def _complain(sentence: str) -> None:
    try:
        sys.stderr.write(f"{sentence}\n")
    except OSError:
        return  # the terminal has been closed


def _drop_output() -> None:
    """Let what is still buffered for a reader who has gone go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_utf8() -> None:
    """Chinese must not fail on a terminal or pipe that was set up for ASCII."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
