"""A polite kill ends a command as Ctrl-C does: what it has opened and started is closed."""

import signal


def leave_cleanly_when_killed() -> None:
    """Raise KeyboardInterrupt on SIGTERM and SIGHUP, too."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def leave(*_: object) -> None:
        for number in numbers:  # once is enough: a second one must not disturb the first
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, leave)
