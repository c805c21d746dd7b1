"""The checks of the hunt, one for each bug; their titles and what they teach: exercise.yaml."""

import json

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, expect

REPLY = {"choices": [{"message": {"content": "It does. [1]"}}]}
FINE = [200, {}, json.dumps(REPLY)]


def _drawn(seed):
    """Return a question and passages that nobody has read."""
    rng = np.random.default_rng(seed)
    words = [f"w{number}" for number in rng.permutation(9000)[:20]]
    passages = [" ".join(words[at : at + 5]) + "." for at in (0, 5, 10)]
    return " ".join(words[15:]) + "?", passages


def _body(got):
    """Return what build_body has returned, if it is a dict."""
    expect(
        isinstance(got, dict) and isinstance(got.get("messages"), list),
        en=f"build_body should return a dict with messages, it returned {str(got)[:120]}.",
        zh=f"build_body 应返回含 messages 的字典，得到 {str(got)[:120]}。",
    )
    return got


def test_answers_may_be_long(sol, seed):
    question, passages = _drawn(seed)
    most = 50 + seed % 1000
    got = _body(sol.build_body(question, passages, "m", max_tokens=most))
    equal(got.get("max_tokens"), most, what=f'build_body(…, max_tokens={most})["max_tokens"]')
    got = _body(sol.build_body(question, passages, "m"))
    equal(got.get("max_tokens"), 400, what='build_body(…)["max_tokens"]')
    equal(got.get("model"), "m", what='build_body(…, "m")["model"]')
    close(got.get("temperature"), 0.0, what='build_body(…)["temperature"]')


def test_question_reaches_the_model(sol, seed):
    question, passages = _drawn(seed)
    messages = _body(sol.build_body(question, passages, "m"))["messages"]
    roles = [one.get("role") if isinstance(one, dict) else None for one in messages]
    equal(roles, ["system", "user"], what="roles of the messages")
    told, at = str(messages[1].get("content")), 0
    for part in [*(f"[{n}] {text}" for n, text in enumerate(passages, 1)), question]:
        at = told.find(part, at)
        expect(
            at >= 0,
            en=f"The user message should hold the numbered passages, then the question; {part!r} is "
            f"not there, or not in this order: {told[-150:]!r}",
            zh=f"user 消息应依次包含编号的段落和问题；缺少 {part!r}，或顺序不对：{told[-150:]!r}",
        )


# Sending


def _sent(sol, *script, key="sk-test", **options):
    body = {"model": "m", "messages": []}
    got = sol.probe("sent", list(script), body, key, options)
    got["body"] = body
    return got


def _replied(got, what):
    raised = f"{got['error']}, status {got['status']}"
    expect(
        not got["error"],
        en=f"{what}: expected the reply, send raised {raised}.",
        zh=f"{what}：应得到响应，send 却抛出 {raised}。",
    )
    equal(got["reply"], REPLY, what=f"send(…)  # {what}")


def _busy(status, after=None):
    return [status, {} if after is None else {"retry-after": str(after)}, "{}"]


def test_too_many_requests_is_tried_again(sol, seed):
    got = _sent(sol, _busy(429), _busy(429), FINE)
    _replied(got, "429, 429, 200")
    equal(len(got["calls"]), 3, what="len(calls)  # 429, 429, 200")
    for status, name in ((500, "500"), (503, "503"), (0, "refused"), (0, "late")):
        step = _busy(status) if status else name
        _replied(_sent(sol, step, FINE, retries=1), f"{name}, 200")
        retries = seed % 3
        got = _sent(sol, step, retries=retries)
        _refused(got, status, retries + 1, f"{name} each time, retries={retries}")
    _refused(_sent(sol, _busy(429)), 429, 4, "429 each time")
    for status in (400, 401, 403, 404, 422):
        _refused(_sent(sol, _busy(status), FINE), status, 1, f"{status}")


def _refused(got, status, calls, what):
    expect(
        got["error"] == "ChatError",
        en=f"{what}: expected ChatError, got {got['error'] or got['reply']}.",
        zh=f"{what}：应抛出 ChatError，得到 {got['error'] or got['reply']}。",
    )
    equal(got["status"], status, what=f"ChatError.status  # {what}")
    equal(len(got["calls"]), calls, what=f"len(calls)  # {what}")


def test_retry_after_is_obeyed(sol, seed):
    asked = 20 + seed % 70
    got = _sent(sol, _busy(503, asked), _busy(503), FINE)
    _waits(got, [asked, 1.0], f"503 with retry-after: {asked}, 503, 200")
    got = _sent(sol, _busy(503, 1), _busy(502, 0), "late", FINE, backoff=2.0)
    what = "503 with retry-after: 1, 502 with 0, late, 200; backoff=2.0"
    _waits(got, [2.0, 4.0, 8.0], what, backoff=2.0)
    _waits(_sent(sol, "refused"), [0.5, 1.0, 2.0], "refused each time")


def _waits(got, least, what, backoff=0.5):
    """Half of the backoff on top is fine: jitter."""
    equal(len(got["waits"]), len(least), what=f"len(sleeps)  # {what}")
    for turn, (wait, bound) in enumerate(zip(got["waits"], least, strict=True)):
        at_least(wait, bound - 1e-9, what=f"sleeps[{turn}]  # {what}")
        at_most(wait, bound + backoff * 2**turn / 2 + 1e-9, what=f"sleeps[{turn}]  # {what}")


def test_key_stays_out_of_the_log(sol, seed):
    key = f"sk-{seed}-{np.random.default_rng(seed).integers(10**17, 10**18)}"
    for script in ([FINE], [_busy(503), FINE], [_busy(401)]):
        got = _sent(sol, *script, key=key)
        expect(
            got["calls"],
            en="send should call the transport, it did not.",
            zh="send 应调用 transport，却没有调用。",
        )
        for call in got["calls"]:
            expect(
                call["headers"].get("Authorization") == f"Bearer {key}",
                en="The header Authorization should be “Bearer ”, and the key.",
                zh="请求头 Authorization 应为 “Bearer ” 加密钥。",
            )
            kind = call["headers"].get("Content-Type")
            equal(kind, "application/json", what="Content-Type")
            equal(call["body"], got["body"], what="body")
        line = next((line for line in got["heard"].splitlines() if key[-12:] in line), "")
        expect(
            not line,
            en=f"The key can be read in the log: {line[:150]}",
            zh=f"日志里能读到密钥：{line[:150]}",
        )


def test_silent_server_is_left(sol, seed):
    timeout = 1.5 + seed % 40
    for options, expected in (({}, 20.0), ({"timeout": timeout}, timeout)):
        got = _sent(sol, _busy(503), FINE, **options)
        given = [call["timeout"] for call in got["calls"]]
        expect(
            len(given) == 2 and all(one == expected for one in given),
            en=f"send(…{', timeout=…' if options else ''}): the transport should be given the timeout "
            f"{expected}, it was given {given}.",
            zh=f"send(…{', timeout=…' if options else ''})：传给 transport 的 timeout 应为 {expected}，"
            f"实际为 {given}。",
        )


# The answer


def _event(delta):
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]})


def test_pieces_are_joined_as_they_are(sol, seed):
    number = np.random.default_rng(seed).integers(10**6)
    pieces = [
        "War",
        "m-up",
        " avoids",
        " diver",
        "gence",
        f", {number}",
        " [",
        "1",
        "].",
        "\n",
        "零",
        "样本",
    ]
    lines = [": keep-alive", "", _event({"role": "assistant"}), _event({"content": None})]
    for piece in pieces:
        lines += [_event({"content": piece}), ""]
    lines += ["event: ping", 'data:{"choices": []}', "data: [DONE]", _event({"content": "!"})]
    text = "".join(pieces)
    equal(sol.read_stream(lines), text, what=f"read_stream(…)  # {pieces}")
    one = ['data:{"choices": [{"delta": {"content": "Yes"}}]}', "data: [DONE]"]
    equal(sol.read_stream(one), "Yes", what=f"read_stream({one})")


def test_citations_exist(sol, seed):
    count = 2 + seed % 7
    for answer, expected in (
        (f"So it is [1], and so [{count}].", True),
        (f"So it is [{count}][1][{count}].", True),
        (f"So it is [{count + 1}].", False),
        (f"So it is [1], and so [{count + 1}].", False),
        ("So it is [1], and so [0].", False),
        ("So it is, everybody knows (1).", False),
        ("", False),
    ):
        equal(sol.is_supported(answer, count), expected, what=f"is_supported({answer!r}, {count})")
