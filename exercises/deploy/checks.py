"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import json

import numpy as np

from prep.grading.checks import at_most, close, equal, expect, tensor

FEATURES, OUTPUTS = 6, 4
OPTIONS = {"max_batch": 8, "window": 0.01, "max_queue": 64, "max_bytes": 2000, "timeout": 8.0}
# float32 in batches of another size: another order of additions.
NEAR = {"rtol": 1e-4, "atol": 1e-5}
HERE = tensor(np.zeros(1), "float32")  # arrives on the device of the grading
LATE = 99.0  # the first feature of the request that comes after stop()
# A busy machine may need longer than the first of these; only a failure waits for the second.
SETTLES = 0.15, 1.5
PATIENT = 1.0, 2.0


def _rows(seed, count):
    """Return rows whose first feature tells them apart: 1, 2, 3, …"""
    rows = np.random.default_rng(seed).normal(size=(count, FEATURES)).round(3)
    rows[:, 0] = np.arange(1, count + 1)
    return rows.tolist()


def _status(reply, expected, what):
    got = reply["status"] or f"{reply['error']}, no answer"
    equal(got, expected, what=f"status of {what}")


def _outputs(reply, what):
    content = reply["json"] if isinstance(reply["json"], dict) else {}
    got = content.get("outputs")
    expect(
        isinstance(got, list) and len(got) == OUTPUTS,
        en=f'{what}: expected {{"outputs": [{OUTPUTS} numbers]}}, got {str(reply["json"])[:120]}.',
        zh=f'{what}：应为 {{"outputs": [{OUTPUTS} 个数]}}，得到 {str(reply["json"])[:120]}。',
    )
    return got


# Loading


def test_checkpoint_is_loaded_for_inference(sol, seed):
    got = sol.probe("loaded", "good", HERE)
    _loads(got, "load_model(path, make_model, device)")
    equal(got["training"], False, what="any(m.training for m in model.modules())")
    equal(got["places"], [got["place"]], what="{t.device for t in model.state_dict().values()}")
    close(got["outputs"], got["wanted"], what="model(x)", **NEAR)


def _loads(got, what):
    expect(
        not got["error"],
        en=f"{what} raised {got['error']}: {got.get('text')}",
        zh=f"{what} 抛出了 {got['error']}：{got.get('text')}",
    )


def test_checkpoint_of_a_gpu_loads_without_one(sol):
    got = sol.probe("loaded", "cuda")
    _loads(got, "load_model(a file saved on cuda:0)")
    close(got["outputs"], got["wanted"], what="model(x)", **NEAR)


def test_code_in_a_checkpoint_never_runs(sol):
    for kind in ("module", "planted"):
        got = sol.probe("loaded", kind)
        what = {"module": "torch.save(model, path)", "planted": "a file with planted code"}[kind]
        expect(
            got["error"],
            en=f"load_model should refuse {what}.",
            zh=f"load_model 应拒绝{'整个被 pickle 的模型' if kind == 'module' else '夹带代码的文件'}。",
        )
        expect(
            not got["planted"],
            en="The code that was planted in the file has run.",
            zh="文件里夹带的代码被执行了。",
        )
    _loads(sol.probe("loaded", "good"), "load_model(path, make_model)")


def test_checkpoint_that_does_not_fit_is_refused(sol):
    for kind, en, zh in (
        ("lacking", "lacks a weight: it would stay random", "缺少一个权重：它会保持随机初始值"),
        ("surplus", "has a weight that the model does not have", "含有模型没有的权重"),
        ("wider", "has a weight of another shape", "含有形状不符的权重"),
    ):
        expect(
            sol.probe("loaded", kind)["error"],
            en=f"load_model should refuse a file that {en}.",
            zh=f"load_model 应拒绝这样的文件：{zh}。",
        )
    _loads(sol.probe("loaded", "good"), "load_model(path, make_model)")


# One request


def test_answers_are_those_of_the_model(sol, seed):
    whole = [4, *np.random.default_rng(seed).integers(-3, 4, size=FEATURES - 1).tolist()]
    requests = [{"row": row} for row in [*_rows(seed, 3), whole]]
    got = sol.probe("answers", OPTIONS, requests)
    for place, reply in enumerate(got["replies"]):
        what = "POST /predict"
        _status(reply, 200, what)
        close(_outputs(reply, what), got["wanted"][place], what=f"outputs of {what}", **NEAR)
        kind = reply["headers"].get("content-type", "").partition(";")[0]
        equal(kind, "application/json", what=f"Content-Type of {what}")


def test_model_is_in_inference(sol, seed):
    requests = [{"row": row} for row in _rows(seed, 2)]
    calls = sol.probe("answers", OPTIONS, requests)["calls"]
    equal(len(calls), 2, what="len(forwards)")
    for call in calls:
        equal(call["training"], False, what="model.training")
        equal(call["gradients"], False, what="torch.is_grad_enabled()")


def test_bad_input_is_refused(sol, seed):
    good, other = _rows(seed, 2)
    nothing = {"error": "?"}
    bad = ["", "{", "[1, 2]", "3", "null", '"inputs"', "{}", '{"input": [1]}', '{"inputs": 1}',
           b'{"inputs": "\xff"}', "[" * 1900]  # fmt: skip
    rows = [good[:-1], [*good, 1.0], [], [good], [*good[:-1], "1"], [*good[:-1], None],
            [*good[:-1], True], [*good[:-1], [1.0]], [*good[:-1], 1e39], [*good[:-1], 10**400],
            [*good[:-1], float("nan")], [*good[:-1], float("-inf")],
            dict(enumerate(good))]  # fmt: skip
    bad += [json.dumps({"inputs": row}) for row in rows]
    requests = [{"row": good}, *({"body": body} for body in bad), {"row": other}]
    got = sol.probe("answers", OPTIONS, requests)
    _status(got["replies"][0], 200, "POST /predict")
    for body, reply in zip(bad, got["replies"][1:], strict=False):
        text = body if len(body) < 90 else f"{body[:60]}…"
        _status(reply, 400, f"POST /predict  # {text}")
        content = reply["json"] if isinstance(reply["json"], dict) else nothing
        expect(
            isinstance(content.get("error"), str),
            en=f'A refusal should say why: {{"error": "…"}}, got {str(reply["json"])[:80]}.',
            zh=f'拒绝时应说明原因：{{"error": "…"}}，得到 {str(reply["json"])[:80]}。',
        )
    marks = [mark for call in got["calls"] for mark in call["marks"]]
    equal(marks, [1.0, 2.0], what="forwards  # x[:, 0]")
    _status(got["replies"][-1], 200, "POST /predict")


def test_large_bodies_are_refused_unread(sol, seed):
    row = _rows(seed, 1)[0]
    text = json.dumps({"inputs": row})
    full = text + " " * (OPTIONS["max_bytes"] - len(text))
    requests = [{"body": full}, {"body": full + " "}, {"length": 10**12, "body": ""}, {"row": row}]
    got = sol.probe("answers", OPTIONS, requests)["replies"]
    _status(got[0], 200, "POST /predict  # len(body) == max_bytes")
    _status(got[1], 413, "POST /predict  # len(body) == max_bytes + 1")
    _status(got[2], 413, "POST /predict  # Content-Length: 10**12")
    _status(got[3], 200, "POST /predict")


def test_health_and_unknown_paths(sol, seed):
    requests = [{"method": "GET", "path": "/health"}, {"method": "GET", "path": "/nothing"}]
    requests += [{"path": "/nothing", "body": json.dumps({"inputs": _rows(seed, 1)[0]})}]
    got = sol.probe("answers", OPTIONS, requests)
    health, *unknown = got["replies"]
    _status(health, 200, "GET /health")
    equal(health["json"], {"status": "ok"}, what="GET /health")
    _status(unknown[0], 404, "GET /nothing")
    _status(unknown[1], 404, "POST /nothing")
    equal(got["calls"], [], what="forwards")


def test_failing_model_does_not_end_the_server(sol, seed):
    first, second, third = _rows(seed, 3)
    second[0] = -1.0  # the model raises
    requests = [{"row": row} for row in (first, second, third)]
    for timeout in PATIENT:
        got = sol.probe("answers", OPTIONS | {"timeout": timeout}, requests)["replies"]
        if 504 not in [reply["status"] for reply in got]:
            break
    for reply, expected in zip(got, (200, 500, 200), strict=True):
        _status(
            reply, expected, "POST /predict" if expected == 200 else "POST /predict  # model raises"
        )


# Many requests


def _crowd(
    sol, seed, count, is_fine, *,
    again=0, stop=False, settles=SETTLES, timeouts=(8.0, 8.0), **options,
):  # fmt: skip
    """Let requests arrive while the model is busy, a second time and slower if need be."""
    rows = _rows(seed, count + again)
    for settle, timeout in zip(settles, timeouts, strict=True):
        limits = OPTIONS | options | {"timeout": timeout}
        job = {"settle": settle, "again": rows[count:], "stop": stop}
        got = sol.probe("crowd", limits, rows[:count], job)
        if got["entered"] and is_fine(got):
            break
    expect(
        got["entered"],
        en="A single request did not reach the model: it may not wait for a full batch.",
        zh="单个请求没有到达模型：不能一直等到凑满一批。",
    )
    return got


def test_lone_request_does_not_wait_for_others(sol, seed):
    requests = [{"row": row} for row in _rows(seed, 2)]
    for timeout in PATIENT:
        got = sol.probe("answers", OPTIONS | {"timeout": timeout}, requests)["replies"]
        if 504 not in [reply["status"] for reply in got]:
            break
    for reply in got:
        _status(reply, 200, f"POST /predict  # max_batch=8, window=0.01, timeout={timeout}")


def test_waiting_requests_share_a_batch(sol, seed):
    got = _crowd(sol, seed, 21, lambda got: len(got["calls"]) == 4)
    sizes = [len(call["marks"]) for call in got["calls"]]
    for reply in got["replies"]:
        _status(reply, 200, "POST /predict")
    expect(
        max(sizes) <= 8,
        en=f"max_batch is 8, the model was called with batches of {sizes}.",
        zh=f"max_batch 为 8，模型收到的批次大小为 {sizes}。",
    )
    expect(
        max(sizes) == 8 and len(sizes) <= 6,
        en=f"20 requests waited while the model was busy; it was then called with batches of {sizes[1:]}, not 8, 8, 4.",
        zh=f"模型忙时有 20 个请求在等；之后模型收到的批次大小为 {sizes[1:]}，而不是 8、8、4。",
    )


def test_everybody_gets_the_own_answer(sol, seed):
    got = _crowd(sol, seed, 21, lambda got: len(got["calls"]) == 4)
    for place, reply in enumerate(got["replies"]):
        _status(reply, 200, "POST /predict")
        outputs = _outputs(reply, "POST /predict")
        close(outputs, got["wanted"][place], what=f"outputs  # client {place}", **NEAR)
    marks = sorted(mark for call in got["calls"] for mark in call["marks"])
    equal(marks, [float(mark) for mark in range(1, 22)], what="forwards  # x[:, 0]")


def test_window_gathers_and_ends(sol, seed):
    options = OPTIONS | {"max_batch": 64}
    rows = _rows(seed, 10)
    for gap in (0.05, 0.3):
        window = 5.5 * gap  # so two batches, three on a slow machine
        got = sol.probe("trickle", options | {"window": window}, rows, gap)
        sizes = [len(call["marks"]) for call in got["calls"]]
        if 2 <= len(sizes) <= 5:
            break
    expect(
        got["statuses"] == [200] * 10,
        en=f"Ten requests, one after the other, were answered {got['statuses']}.",
        zh=f"先后发来的十个请求得到的状态码是 {got['statuses']}。",
    )
    expect(
        len(sizes) <= 5,
        en=f"One request every {gap} s with a window of {window:.2f} s: batches of {sizes}. "
        "A batch should wait for more until the window has passed.",
        zh=f"每 {gap} 秒一个请求，窗口 {window:.2f} 秒：批次大小为 {sizes}。一批应等到窗口结束。",
    )
    expect(
        len(sizes) >= 2,
        en=f"One request every {gap} s with a window of {window:.2f} s: batches of {sizes}. "
        "The window begins with the first request of a batch; later ones do not prolong it.",
        zh=f"每 {gap} 秒一个请求，窗口 {window:.2f} 秒：批次大小为 {sizes}。窗口从一批的第一个请求算起，后来的不会延长它。",
    )


def test_full_batch_does_not_wait_for_the_window(sol, seed):
    for window in (1.2, 5.0):
        options = OPTIONS | {"max_batch": 3, "window": window}
        got = sol.probe("trickle", options, _rows(seed, 6), 0.0)
        if got["seconds"] < 0.9 * window:
            break
    equal(got["statuses"], [200] * 6, what="statuses")
    what = f"seconds  # 6 requests, max_batch=3, window={window}"
    at_most(got["seconds"], 0.9 * window, what=what)


def test_busy_model_blocks_nobody_else(sol, seed):
    got = _crowd(sol, seed, 21, lambda got: got["health"] == 200)
    equal(got["health"], 200, what="GET /health  # model busy")
    for reply in got["replies"]:
        _status(reply, 200, "POST /predict")


def test_slow_client_blocks_nobody(sol, seed):
    row = _rows(seed, 1)[0]
    got = sol.probe("beside_a_slow_client", OPTIONS | {"timeout": 0.6}, row)
    equal(got["status"], 200, what="POST /predict  # others have sent half a request")
    equal(got["stopped"], True, what="server.stop() returns  # others have sent half a request")


# Limits and the end


def test_overload_is_refused_at_once(sol, seed):
    got = _crowd(sol, seed, 16, _sheds, max_batch=2, max_queue=5)
    early = list(got["early"].values())
    expect(
        _sheds(got),
        en="max_queue=5, max_batch=2: of 15 requests behind a busy model about ten should be answered 503 "
        f"at once, and nothing else; it was {early}.",
        zh=f"max_queue=5、max_batch=2：模型忙时来了 15 个请求，应立即对其中约十个答 503，且没有别的回答；实际为 {early}。",
    )
    for reply in got["replies"]:
        if reply["status"] == 503:
            after = reply["headers"].get("retry-after", "")
            expect(
                after.isdigit(),
                en=f"A 503 should have Retry-After in seconds, it is {after!r}.",
                zh=f"503 应带以秒计的 Retry-After，实际为 {after!r}。",
            )
        else:
            _status(reply, 200, "POST /predict")


def _sheds(got):
    """Up to a batch more may have been taken from the queue already."""
    early = list(got["early"].values())
    return set(early) == {503} and 15 - 5 - 3 <= len(early) <= 15 - 5


def test_late_answers_are_given_up(sol, seed):
    limits = {"max_batch": 1, "settles": (1.2, 5.0), "timeouts": (0.3, 1.5)}
    got = _crowd(sol, seed, 3, _all_late, again=1, **limits)
    expect(
        _all_late(got),
        en=f"The model is busy for longer than timeout: three requests should be answered 504, it was {got['early']}.",
        zh=f"模型忙的时间超过 timeout：三个请求都应得到 504，实际为 {got['early']}。",
    )
    _status(got["again"][0], 200, "POST /predict  # model free again")
    marks = {mark for call in got["calls"] for mark in call["marks"]}
    expect(
        marks == {1.0, 4.0},
        en=f"Requests 2 and 3 were given up while they waited; the model computed {sorted(marks)}, not 1 and 4 only.",
        zh=f"请求 2 和 3 在等待时就已放弃；模型却计算了 {sorted(marks)}，而不只是 1 和 4。",
    )


def _all_late(got):
    return list(got["early"].values()) == [504] * 3


def test_stop_answers_what_it_has_taken(sol, seed):
    got = _crowd(sol, seed, 6, _is_answered, stop=True, max_batch=2)
    for reply in got["replies"]:
        _status(reply, 200, "POST /predict  # sent before server.stop()")
    for place, reply in enumerate(got["replies"]):
        close(_outputs(reply, "POST /predict"), got["wanted"][place], what="outputs", **NEAR)
    expect(
        got["stop"]["waits"],
        en="server.stop() returned while six requests were unanswered.",
        zh="还有六个请求没有应答，server.stop() 就返回了。",
    )
    equal(got["stop"]["returned"], True, what="server.stop() returns")


def _is_answered(got):
    return got["stop"]["waits"] and all(reply["status"] == 200 for reply in got["replies"])


def _is_over(got):
    return got["stop"]["returned"] and got["threads"] <= 0 and not _has_taken_more(got)


def _has_taken_more(got):
    """Whether a request that came after stop() was answered, or went through the model."""
    marks = [mark for call in got["calls"] for mark in call["marks"]]
    return not got["stop"]["during"] or LATE in marks


def test_stop_leaves_nothing_behind(sol, seed):
    got = _crowd(sol, seed, 6, _is_over, stop=True, max_batch=2)
    equal(got["stop"]["returned"], True, what="server.stop() returns")
    expect(
        not _has_taken_more(got),
        en="Requests that come after server.stop() should be turned away.",
        zh="server.stop() 之后到来的请求应被拒绝。",
    )
    equal(got["port"], True, what="port is free  # after server.stop()")
    at_most(got["threads"], 0, what="len(threads)  # after server.stop()")
    for reply in got["replies"]:
        _status(reply, 200, "POST /predict")


# Measuring


def test_percentile_is_a_measured_value(sol, seed):
    rng = np.random.default_rng(seed)
    for size in (1, 7, 20, 100, 101):
        values = [float(value) for value in rng.exponential(size=size)]
        for p in (1, 30, 50, 95, 99, 100):
            rank = next(k for k in range(1, size + 1) if 100 * k >= p * size)
            got = sol.percentile(values, p)
            close(got, sorted(values)[rank - 1], what=f"percentile({size} values, {p})", rtol=1e-12)
    values = [0.3, 0.1, 0.2]
    close(sol.percentile(values, 50), 0.2, what="percentile([0.3, 0.1, 0.2], 50)", rtol=1e-12)
    ties = [1.0, 1.0, 1.0, 5.0]
    close(sol.percentile(ties, 75), 1.0, what="percentile([1.0, 1.0, 1.0, 5.0], 75)", rtol=1e-12)


def test_device(on_device, seed):
    got = on_device.probe("answers", OPTIONS, [{"row": row} for row in _rows(seed, 2)], HERE)
    for place, reply in enumerate(got["replies"]):
        _status(reply, 200, "POST /predict")
        close(_outputs(reply, "POST /predict"), got["wanted"][place], what="outputs", **NEAR)
