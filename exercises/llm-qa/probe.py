"""Facts about a solution that talks to a server on loopback, which follows a script."""

import contextlib
import http.client
import io
import logging
import os
import traceback

from shared import ChatServer

KEY = "LLM_API_KEY"
# What a network does to a client: told as a fact. Other exceptions are bugs, and go on.
_FORESEEN = (OSError, http.client.HTTPException, ValueError)


def talk(solution, job):
    """What calls of one client became of, what it sent, how long it waited, what it let out.

    `job`: `steps` of the server (the last one repeats), `calls` ("complete" or "stream"), `options`
    of the client, `key`, `model`, `messages`; `closed` for a port where nobody listens; `fails` when
    no call can succeed.
    """
    steps, waits, results, counts = job["steps"], [], [], []
    server = ChatServer(lambda number, _: steps[min(number, len(steps) - 1)])
    if job.get("closed"):
        server.close()
    with _environment(job["key"]), server, _Ears() as ears:
        url = server.url + job.get("slash", "")
        options = {"sleep": waits.append, **job.get("options", {})}
        client = solution.ChatClient(url, job.get("model", "m"), **options)
        for call in job["calls"]:
            result = _result(solution, client, server, call, job)
            results.append(result)
            counts.append([client.prompt_tokens, client.completion_tokens, client.cost])
        shown = [repr(client), str(client)]
    said = [*shown, ears.text(), *(result["shown"] for result in results)]
    return {
        "results": results,
        "requests": list(server.requests),
        "waits": waits,
        "counts": counts,
        "said": said,
    }


def asked(solution, question, passages, reply, k):
    """What `ask` returns when the model replies `reply`, and which messages it was sent."""

    sent = []

    class Client:
        def complete(self, messages):
            sent.append(messages)
            return reply

    pairs = [tuple(passage) for passage in passages]
    more = {} if k is None else {"k": k}
    return {"result": solution.ask(question, pairs, Client(), **more), "sent": sent}


def _result(solution, client, server, call, job):
    """Call, and tell the answer, or the exception as a learner would see it."""
    pieces, caught = [], Exception if job.get("fails") else (*_FORESEEN, *_chat_error(solution))
    told = {"text": None, "pieces": pieces, "error": "", "shown": ""}
    try:
        messages = [dict(message) for message in job["messages"]]
        if call == "complete":
            told["text"] = client.complete(messages)
        else:
            for piece in client.stream(messages):
                pieces.append(piece)
                server.seen.set()
            told["text"] = "".join(pieces)
    except NotImplementedError:
        raise
    except caught as error:
        told |= {
            "error": type(error).__name__,
            "is_chat_error": isinstance(error, _chat_error(solution)),
            "status": getattr(error, "status", None),
            "message": str(error),
            "shown": "".join(traceback.format_exception(error)) + repr(error),
        }
    return told


def _chat_error(solution):
    """Return the learner's class for `except`, if it is one."""
    kind = solution.ChatError
    return (kind,) if isinstance(kind, type) and issubclass(kind, Exception) else ()


@contextlib.contextmanager
def _environment(key):
    os.environ[KEY] = key
    try:
        yield
    finally:
        os.environ.pop(KEY, None)


class _Ears:
    """Hears what is logged at any level, printed or warned."""

    def __enter__(self):
        self._heard, self._factory = io.StringIO(), logging.getLogRecordFactory()
        self._level = logging.root.level
        logging.setLogRecordFactory(self._record)
        logging.root.setLevel(1)
        logging.captureWarnings(True)
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(contextlib.redirect_stdout(self._heard))
        self._stack.enter_context(contextlib.redirect_stderr(self._heard))
        return self

    def __exit__(self, *_):
        self._stack.close()
        logging.captureWarnings(False)
        logging.root.setLevel(self._level)
        logging.setLogRecordFactory(self._factory)

    def text(self):
        """Return all of it."""
        return self._heard.getvalue()[-200_000:]

    def _record(self, *args, **kwargs):
        record = self._factory(*args, **kwargs)
        self._heard.write(logging.Formatter().format(record) + "\n")
        return record
