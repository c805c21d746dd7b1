"""Facts about a solution that sends through a transport which follows a script."""

import contextlib
import io
import json
import logging


def sent(solution, script, body, key, options):
    """What became of a call of `send`, and what it did meanwhile.

    `script` holds what each attempt meets (the last one repeats): "refused", "late", or status,
    headers and text of a reply. `calls` are the attempts: headers, parsed body, timeout.
    """
    calls, waits = [], []

    def transport(headers, data, timeout):
        step = script[min(len(calls), len(script) - 1)]
        calls.append({"headers": dict(headers), "body": json.loads(data), "timeout": timeout})
        if step == "refused":
            raise ConnectionRefusedError(111, "refused")
        if step == "late":
            raise TimeoutError("timed out")
        status, told, text = step
        return status, dict(told), text

    told = {"reply": None, "error": "", "status": None}
    with _Ears() as ears:
        try:
            told["reply"] = solution.send(transport, body, key, sleep=waits.append, **options)
        except (solution.ChatError, OSError) as error:
            told |= {"error": type(error).__name__, "status": getattr(error, "status", None)}
    return {**told, "calls": calls, "waits": waits, "heard": ears.text()}


class _Ears:
    """Hears what is logged at any level, and what is printed."""

    def __enter__(self):
        self._heard, self._factory = io.StringIO(), logging.getLogRecordFactory()
        self._level = logging.root.level
        logging.setLogRecordFactory(self._record)
        logging.root.setLevel(1)
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(contextlib.redirect_stdout(self._heard))
        self._stack.enter_context(contextlib.redirect_stderr(self._heard))
        return self

    def __exit__(self, *_):
        self._stack.close()
        logging.root.setLevel(self._level)
        logging.setLogRecordFactory(self._factory)

    def text(self):
        """Return all of it."""
        return self._heard.getvalue()[-100_000:]

    def _record(self, *args, **kwargs):
        record = self._factory(*args, **kwargs)
        self._heard.write(logging.Formatter().format(record) + "\n")
        return record
