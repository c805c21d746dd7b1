"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import json

import numpy as np

from prep.grading.checks import at_least, at_most, close, equal, expect

SENTINEL = "NOT_IN_SOURCES"
CHINESE = {
    "p1": "学习率预热让训练初期的更新步长从小到大，避免一开始就发散。",
    "p2": "量化把浮点数变成八位整数，模型体积约为原来的四分之一。",
    "p3": "混合精度用半精度计算，并保留一份单精度主权重。",
    "p4": "注意力掩码遮住填充位置，使其不参与加权求和。",
    "p5": "差分隐私先裁剪每个样本的梯度，再加入高斯噪声。",
    "p6": "训练时BatchNorm使用批内统计量，而推理时使用滑动平均。",
}
CHINESE_QUESTIONS = {
    "为什么需要学习率预热？": "p1",
    "量化以后体积有多大？": "p2",
    "注意力掩码有什么用？": "p4",
    "差分隐私为什么要裁剪梯度？": "p5",
    "batchnorm在推理时用什么？": "p6",
    "How does BatchNorm work?": "p6",
}
QUESTION = [{"role": "user", "content": "What is zero-shot? 什么是“零样本”？"}]
BACKOFF = 0.01


# Retrieval


class _Vocabulary:
    """Made-up words, no two alike, that no list of stop words holds."""

    def __init__(self, rng, consonants="bdfgklmnprstv", vowels="aio"):
        self._parts = [first + second for first in consonants for second in vowels]
        self._order = iter(rng.permutation(len(self._parts) ** 3))
        self._rng = rng

    def take(self, count):
        return [self._word(int(next(self._order))) for _ in range(count)]

    def _word(self, number):
        size = len(self._parts)
        return "".join(self._parts[number // size**place % size] for place in range(3))

    def text(self, words):
        """Return the words in another order, as a sentence."""
        mixed = [words[place] for place in self._rng.permutation(len(words))]
        return " ".join(mixed) + "."


def _passages(rng, texts):
    """Return (id, text) pairs with ids that tell nothing, and the id of each text."""
    names = [f"n{number}" for number in rng.permutation(900)[: len(texts)]]
    return list(zip(names, texts, strict=True)), names


def _first(found, expected, en, zh):
    expect(
        isinstance(found, list) and found[:1] == [expected],
        en=f"{en}: {expected!r} should come first, search returned {_brief(found)}.",
        zh=f"{zh}：应排在最前的是 {expected!r}，search 返回了 {_brief(found)}。",
    )


def _brief(value):
    text = repr(value)
    return text if len(text) < 120 else text[:117] + "…"


def test_rare_words_decide(sol, seed):
    rng = np.random.default_rng(seed)
    for _ in range(3):
        words = _Vocabulary(rng)
        common, (rare,) = words.take(3), words.take(1)
        texts = [words.text([*rng.permutation(common)[:2], *words.take(8)]) for _ in range(28)]
        texts.insert(0, words.text([*common, *words.take(7)]))
        texts.append(words.text([common[0], rare, *words.take(8)]))
        passages, names = _passages(rng, texts)
        found = sol.search(words.text([*common, rare]), passages)
        _first(
            found,
            names[-1],
            "One passage has the question's rare word, others its common ones",
            "只有一段含有问题中少见的词，其他段落含有常见的词",
        )


def test_length_alone_wins_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    words = _Vocabulary(rng)
    key = words.take(3)
    texts = [words.text([*key, *key, *words.take(290)]), words.text([*key, *words.take(4)])]
    texts += [words.text(words.take(7)) for _ in range(6)]
    passages, names = _passages(rng, texts)
    found = sol.search(words.text(key), passages)
    _first(
        found,
        names[1],
        "The question's words stand in a passage of 7 words, and in one of 296",
        "问题中的词出现在一个 7 个词的段落和一个 296 个词的段落里",
    )
    expect(
        sorted(found) == sorted(names[:2]),
        en=f"Two passages have the question's words, search returned {_brief(found)}.",
        zh=f"有两段含有问题中的词，search 返回了 {_brief(found)}。",
    )


def test_case_and_punctuation_do_not_matter(sol, seed):
    rng = np.random.default_rng(seed)
    words = _Vocabulary(rng)
    first, second, *rest = words.take(40)
    texts = [words.text(rest[at : at + 7]) for at in range(0, 35, 7)]
    texts.insert(3, f"{rest[35].title()} ({first.title()}), {rest[36]}: “{second}”.")
    passages, names = _passages(rng, texts)
    for question in (f"{first.upper()}, {second.title()}?", f"“{second}”/{first}!"):
        equal(sol.search(question, passages), [names[3]], what=f"search({question!r}, …)")


def test_chinese_is_found(sol, seed):
    rng = np.random.default_rng(seed)
    order = [list(CHINESE)[place] for place in rng.permutation(len(CHINESE))]
    passages, names = _passages(rng, [CHINESE[name] for name in order])
    for question, name in CHINESE_QUESTIONS.items():
        found = sol.search(question, passages)
        _first(found, names[order.index(name)], question, question)


def test_nothing_in_common_finds_nothing(sol, seed):
    rng = np.random.default_rng(seed)
    words, others = _Vocabulary(rng), _Vocabulary(rng, "qxzwy", "ue")
    texts = [words.text(words.take(9)) for _ in range(7)]
    passages, names = _passages(rng, texts)
    equal(
        sol.search(others.text(others.take(4)), passages), [], what="search(…)  # no word in common"
    )
    equal(sol.search("梯度爆炸", passages), [], what='search("梯度爆炸", …)')
    equal(sol.search(texts[0], []), [], what="search(…, [])")
    equal(sol.search(texts[2], passages, k=5), [names[2]], what="search(…, k=5)")
    equal(sol.search(texts[0], passages[:1]), names[:1], what="search(…, [passage])")


def test_best_first_and_at_most_k(sol, seed):
    rng = np.random.default_rng(seed)
    words = _Vocabulary(rng)
    key = words.take(5)
    texts = [words.text([*key[: 5 - lost], *words.take(5 + lost)]) for lost in range(5)]
    texts += [words.text(words.take(10)) for _ in range(20)]
    passages, names = _passages(rng, texts)
    mixed = [passages[place] for place in rng.permutation(len(passages))]
    question = words.text(key)
    equal(sol.search(question, mixed, k=9), names[:5], what="search(…, k=9)")
    equal(sol.search(question, mixed, k=2), names[:2], what="search(…, k=2)")
    equal(sol.search(question, mixed), names[:3], what="search(…)  # k=3")
    twins = [("b", texts[0]), ("a", texts[0]), ("c", texts[0]), *passages[1:]]
    equal(sol.search(question, twins), ["b", "a", "c"], what="search(…)  # b, a, c: a == b == c")


# The prompt and the citations


def test_prompt_holds_rules_sources_and_question(sol, seed):
    rng = np.random.default_rng(seed)
    words = _Vocabulary(rng)
    passages, names = _passages(
        rng, [*(words.text(words.take(6)) for _ in range(2)), "什么是\n掩码？"]
    )
    question = words.text(words.take(5)) + " 为什么？"
    got = sol.build_messages(question, passages)
    _roles(got)
    rules, told = got[0]["content"], got[1]["content"]
    expect(
        SENTINEL in rules and "[#" in rules,
        en=f"The system message should ask for {SENTINEL} and for citations like [#id].",
        zh=f"system 消息应说明 {SENTINEL} 以及形如 [#id] 的引用。",
    )
    expect(
        question not in rules and not any(text in rules for _, text in passages),
        en="The system message holds rules only: passages and question are data, for the user message.",
        zh="system 消息只放规则：段落和问题是数据，应放在 user 消息里。",
    )
    wanted = [part for name, text in passages for part in (f"[#{name}]", text)]
    at = 0
    for part in [*wanted, question]:
        at = told.find(part, at)
        expect(
            at >= 0,
            en=f"The user message should hold [#id] and text of each passage, then the question; "
            f"{part!r} is not there, or not in this order.",
            zh=f"user 消息应依次包含每段的 [#id] 和原文，最后是问题；缺少 {part!r}，或顺序不对。",
        )


def _roles(messages):
    expect(
        isinstance(messages, list)
        and all(isinstance(one, dict) and isinstance(one.get("content"), str) for one in messages)
        and [one.get("role") for one in messages] == ["system", "user"],
        en=f"Expected a system message and a user message, got {_brief(messages)}.",
        zh=f"应为一条 system 消息和一条 user 消息，得到 {_brief(messages)}。",
    )


def test_citations_are_compared_with_what_was_given(sol, seed):
    one, two, three = (
        f"{a}-{b}.x_{b}" for a, b in np.random.default_rng(seed).permutation(90)[:6].reshape(3, 2)
    )
    cases = [
        (f"A [#{two}], b [#{one}] and c [#{two}].", [two, one], []),
        (f"因此[#{three}]。其次[#made-up][#{one}]", [three, one], ["made-up"]),
        (f"x[0], [batch, time], [{one}], (#{one}), [2]", [], []),
        (f"[#zz][#{one.upper()}x] [#zz]", [], ["zz", f"{one.upper()}x"]),
        ("", [], []),
    ]
    for text, cited, unknown in cases:
        got = sol.check_citations(text, [one, two, three])
        what = f"check_citations({text!r}, {[one, two, three]})"
        expect(
            isinstance(got, list | tuple) and len(got) == 2,
            en=f"{what} should return two lists, got {_brief(got)}.",
            zh=f"{what} 应返回两个列表，得到 {_brief(got)}。",
        )
        equal(list(got[0]), cited, what=f"{what}[0]")
        equal(list(got[1]), unknown, what=f"{what}[1]")


class _Case:
    """Five passages: each fits the question less than the one before, the last not at all."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        words = _Vocabulary(rng)
        key = words.take(6)
        texts = [words.text([*key[:count], *words.take(9 - count)]) for count in (6, 5, 3, 1, 0)]
        self.passages, self.names = _passages(rng, texts)
        self.texts, self.question = texts, words.text(key)
        self.unknown = words.text(words.take(4))

    def ask(self, sol, reply, *, question=None, k=2):
        return sol.probe("asked", question or self.question, self.passages, reply, k)


def _answer(got, answer, sources, *, what):
    expected = {"answer": answer, "sources": sources, "found": bool(sources)}
    equal(got["result"], expected, what=what)


def test_supported_answers_come_with_their_sources(sol, seed):
    case = _Case(seed)
    first, second = case.names[:2]
    reply = f"It is so [#{second}], x[0] and all 因此如此 [#{first}][#{second}]."
    got = case.ask(sol, f"\n {reply} \n")
    _answer(got, reply, [second, first], what="ask(…)")
    equal(len(got["sent"]), 1, what="len(client.complete.calls)")
    _roles(got["sent"][0])
    told = got["sent"][0][1]["content"]
    expect(
        all(text in told for text in (*case.texts[:2], case.question, f"[#{first}]"))
        and not any(text in told for text in case.texts[2:]),
        en="With k=2 the model should be sent the two best passages and the question, nothing else.",
        zh="k=2 时应只把最相关的两段和问题发给模型。",
    )
    told = case.ask(sol, reply, k=None)["sent"][0][1]["content"]
    expect(
        all(text in told for text in case.texts[:3]) and case.texts[3] not in told,
        en="Without k the model should be sent three passages.",
        zh="不给 k 时应发送三段。",
    )


def test_nothing_found_asks_nobody(sol, seed):
    case = _Case(seed)
    got = case.ask(sol, f"Of course. [#{case.names[0]}]", question=case.unknown)
    _answer(got, SENTINEL, [], what="ask(…)  # search(…) == []")
    equal(got["sent"], [], what="client.complete.calls")
    reply = f"Yes [#{case.names[0]}]."
    _answer(case.ask(sol, reply), reply, case.names[:1], what="ask(…)")


def test_unsupported_answers_are_refused(sol, seed):
    case = _Case(seed)
    first, _, third, *_ = case.names
    reply = f"Yes [#{first}]."
    _answer(case.ask(sol, reply), reply, [first], what="ask(…)")
    for reply in (
        SENTINEL,
        f"“{SENTINEL}”.\n",
        f"{SENTINEL} [#{first}]",
        "It is so, everybody knows.",
        f"It is so [{first}].",
        f"It is so [#{first}] and so [#made-up].",
        f"It is so [#{third}].",  # a passage, but not one that the model was sent
    ):
        _answer(
            case.ask(sol, reply), SENTINEL, [], what=f"ask(…)  # client.complete(…) == {reply!r}"
        )


# The client


def _talk(sol, seed, steps, calls=("complete",), **more):
    """Run calls of one client against a server that follows `steps`."""
    key = more.pop("key", f"sk-test-{np.random.default_rng(seed).integers(10**17, 10**18)}")
    job = {"steps": steps, "calls": list(calls), "key": key, "messages": QUESTION, **more}
    job["options"] = {"backoff": BACKOFF, **more.get("options", {})}
    return sol.probe("talk", job)


def _text(result, expected, what):
    """Fail unless a call gave this text."""
    expect(
        not result["error"],
        en=f"{what}: expected an answer, it raised {result['error']}: {_said(result)}",
        zh=f"{what}：应得到回答，却抛出了 {result['error']}：{_said(result)}",
    )
    equal(result["text"], expected, what=what)


def _error(result, status, what):
    """Fail unless a call raised ChatError with this status."""
    raised = result["error"] or f"no exception, but {_brief(result['text'])}"
    expect(
        result["error"] and result["is_chat_error"],
        en=f"{what}: expected ChatError, got {raised}. {_said(result)}",
        zh=f"{what}：应抛出 ChatError，得到 {raised}。{_said(result)}",
    )
    equal(result["status"], status, what=f"ChatError.status of {what}")


def _said(result):
    return _brief(result.get("message", ""))


def _reply(rng, pieces=3, **more):
    """Return an answer of the model, its text, and its tokens."""
    words = _Vocabulary(rng).take(pieces)
    parts = [f"{word} 零样本，" for word in words]
    usage = [int(count) for count in rng.integers(100, 999, size=2)]
    return {"pieces": parts, "usage": usage, **more}, "".join(parts), usage


def test_request_follows_the_protocol(sol, seed):
    rng = np.random.default_rng(seed)
    key = f"sk-{rng.integers(10**17, 10**18)}"
    model = f"model-{rng.integers(10**6)}"
    for slash, call in (("", "complete"), ("/", "complete"), ("", "stream"), ("/", "stream")):
        step, text, _ = _reply(rng)
        got = _talk(sol, seed, [step], [call], key=key, model=model, slash=slash)
        _text(got["results"][0], text, f"{call}(…)")
        (request,) = got["requests"]
        equal(request["method"], "POST", what="request.method")
        equal(
            request["path"], "/v1/chat/completions", what=f"request.path  # base_url = …/v1{slash}"
        )
        equal(request["headers"].get("authorization"), f"Bearer {key}", what="Authorization")
        kind = str(request["headers"].get("content-type")).partition(";")[0]
        equal(kind, "application/json", what="Content-Type")
        body = request["body"] if isinstance(request["body"], dict) else {}
        equal(body.get("model"), model, what='body["model"]')
        equal(body.get("messages"), QUESTION, what='body["messages"]')
        equal(bool(body.get("stream")), call == "stream", what=f'body["stream"] of {call}')


PASSING = [{"status": code, "body": "<html>busy</html>"} for code in (429, 500, 502, 503, 504)]
PASSING += [{"fault": "drop"}, {"pieces": ["half", "an", "answer"], "fault": "cut"}]


def test_what_may_pass_is_tried_again(sol, seed):
    rng = np.random.default_rng(seed)
    for call in ("complete", "stream"):
        # A stream that is cut after its first piece is no retry's business.
        faults = [PASSING[place] for place in rng.permutation(7 if call == "complete" else 6)]
        step, text, _ = _reply(rng)
        got = _talk(sol, seed, [*faults, step], [call], options={"retries": 7})
        what = f"{call}(…)  # {_faults(faults)}, 200"
        _text(got["results"][0], text, what)
        equal(len(got["requests"]), len(faults) + 1, what=f"len(requests) of {what}")
        equal(len(got["waits"]), len(faults), what=f"len(sleeps) of {what}")
        bodies = [request["body"] for request in got["requests"]]
        expect(
            all(body == bodies[0] for body in bodies),
            en="Each attempt should send the same body.",
            zh="每次重试应发送相同的请求体。",
        )


def _faults(faults):
    return ", ".join(str(step.get("status") or step.get("fault")) for step in faults)


def _unavailable(status=503, **headers):
    return {"status": status, "body": '{"error": {"message": "overloaded"}}', "headers": headers}


def test_waits_double_with_jitter(sol, seed):
    few = _talk(sol, seed, [_unavailable()], options={"backoff": 0.5})
    _waits(few["waits"], 4, 0.5, 30.0)
    options = {"retries": 9, "max_wait": 0.4}
    many = _talk(sol, seed, [_unavailable(429)], ["complete", "stream"], options=options)
    once = 9
    _waits(many["waits"][:once], once, BACKOFF, 0.4)
    _waits(many["waits"][once:], once, BACKOFF, 0.4)
    shares = {
        round(wait / min(0.4, BACKOFF * 2 ** (n % once)), 6) for n, wait in enumerate(many["waits"])
    }
    expect(
        len(shares) > 4,
        en="The waits are the same share of the bound each time: there is no jitter in them.",
        zh="每次等待都是上限的同一比例：没有加入随机抖动。",
    )
    defaults = sol.probe(
        "talk",
        {"steps": [_unavailable()], "calls": ["complete"] * 2, "key": "k", "messages": QUESTION,
         "options": {"retries": 8}},
    )  # fmt: skip
    _waits(defaults["waits"][:8], 8, 0.5, 30.0)


def _waits(waits, count, backoff, most):
    equal(len(waits), count, what="len(sleeps)")
    for turn, wait in enumerate(waits):
        bound = min(most, backoff * 2**turn)
        what = f"sleeps[{turn}]  # backoff={backoff}, max_wait={most}"
        at_least(wait, bound / 2 - 1e-9, what=what)
        at_most(wait, bound + 1e-9, what=what)


def test_retry_after_is_obeyed(sol, seed):
    rng = np.random.default_rng(seed)
    asked = int(rng.integers(40, 90))
    for status, header, least in (
        (429, str(asked), asked),
        (503, str(asked + 1), asked + 1),
        (429, "0", BACKOFF / 2),
        (429, "Wed, 21 Oct 2015 07:28:00 GMT", BACKOFF / 2),
    ):
        step, text, _ = _reply(rng)
        steps = [_unavailable(status, **{"Retry-After": header}), step]
        got = _talk(sol, seed, steps, options={"max_wait": 1.0})
        what = f"complete(…)  # {status}, Retry-After: {header}"
        _text(got["results"][0], text, what)
        equal(len(got["waits"]), 1, what=f"len(sleeps) of {what}")
        at_least(got["waits"][0], least - 1e-9, what=f"sleeps[0] of {what}")
        most = (least if least >= 1 else 0) + BACKOFF + 1e-9
        at_most(got["waits"][0], most, what=f"sleeps[0] of {what}")


def test_it_gives_up_in_the_end(sol, seed):
    for status, retries, call in ((429, 2, "complete"), (500, 0, "complete"), (503, 3, "stream")):
        got = _talk(
            sol, seed, [_unavailable(status)], [call], options={"retries": retries}, fails=1
        )
        what = f"{call}(…)  # {status} each time, retries={retries}"
        _error(got["results"][0], status, what)
        equal(len(got["requests"]), retries + 1, what=f"len(requests) of {what}")
        equal(len(got["waits"]), retries, what=f"len(sleeps) of {what}")
    for call in ("complete", "stream"):
        got = _talk(sol, seed, [], [call], options={"retries": 2}, closed=1, fails=1)
        _error(got["results"][0], None, f"{call}(…)  # connection refused")
        _waits(got["waits"], 2, BACKOFF, 30.0)


def test_a_bad_request_is_not_repeated(sol, seed):
    rng = np.random.default_rng(seed)
    for status in (400, 401, 403, 404, 422):
        call = ("complete", "stream")[int(rng.integers(2))]
        why = " ".join(_Vocabulary(rng).take(3))
        step = {"status": status, "body": json.dumps({"error": {"message": why}})}
        got = _talk(sol, seed, [step], [call], fails=1)
        what = f"{call}(…)  # {status}"
        _error(got["results"][0], status, what)
        equal(len(got["requests"]), 1, what=f"len(requests) of {what}")
        equal(got["waits"], [], what=f"sleeps of {what}")
        _repeats(got["results"][0], why)


def _repeats(result, why):
    expect(
        why in result["message"],
        en=f"The server said {why!r}; the text of the ChatError should say so too.",
        zh=f"服务端给出的说明是 {why!r}，ChatError 的文字里也应包含。",
    )


def test_a_silent_server_is_left(sol, seed):
    rng = np.random.default_rng(seed)
    for call in ("complete", "stream"):
        step, text, _ = _reply(rng)
        late = {"fault": "late", "pieces": ["too late"]}
        for timeout in (0.25, 1.5):
            options = {"timeout": timeout, "retries": 6}
            got = _talk(sol, seed, [late, step], [call], options=options)
            if got["results"][0]["text"] == text:
                break
        what = f"{call}(…)  # timeout={timeout}: silence, 200"
        _text(got["results"][0], text, what)
        at_least(len(got["requests"]), 2, what=f"len(requests) of {what}")


def test_no_answer_in_the_reply_is_an_error(sol, seed):
    bodies = [
        '{"choices": [{"message": {"content": "half',
        "<html><body>Welcome</body></html>",
        '{"object": "chat.completion", "choices": []}',
        '{"choices": [{"message": {"role": "assistant", "content": null}, "finish_reason": "stop"}]}',
        '{"error": {"message": "out of memory"}}',
        "[]",
    ]
    for body in bodies:
        got = _talk(sol, seed, [{"status": 200, "body": body}], options={"retries": 1}, fails=1)
        result = got["results"][0]
        _error({**result, "status": None}, None, f"complete(…)  # 200: {body}")
    step, text, _ = _reply(np.random.default_rng(seed))
    _text(_talk(sol, seed, [step])["results"][0], text, "complete(…)")


def test_stream_hands_out_pieces_at_once(sol, seed):
    step, text, _ = _reply(np.random.default_rng(seed), 5, waits=1)
    got = _talk(sol, seed, [step], ["stream"])
    _text(got["results"][0], text, "stream(…)")
    expect(
        got["requests"][0].get("in_time"),
        en="The server waited for the first piece to be handed out before it sent the rest: in vain.",
        zh="服务端要等第一段被交出后才发送其余部分，却没有等到。",
    )
    expect(
        len(got["results"][0]["pieces"]) >= 2,
        en="The server sent five pieces, the stream handed out one.",
        zh="服务端发了五段，流只交出了一段。",
    )


def test_stream_reads_any_events(sol, seed):
    rng = np.random.default_rng(seed)
    step, text, _ = _reply(rng, 6, odd=1)
    got = _talk(sol, seed, [step, _reply(rng, 1)[0]], ["stream"])
    _text(got["results"][0], text, '"".join(stream(…))  # id:, event:, \\r\\n, data:{…}')
    expect(
        all(isinstance(piece, str) and piece for piece in got["results"][0]["pieces"]),
        en="A stream yields texts that are not empty.",
        zh="流应产出非空的文本。",
    )


ENDS = {"cut": "connection lost", "lost": "no [DONE]", "error": "{error}", "stall": "silence"}


def test_half_an_answer_is_an_error(sol, seed):
    rng = np.random.default_rng(seed)
    for fault in ("cut", "lost", "error", "stall"):
        why = " ".join(_Vocabulary(rng).take(3))
        step, text, _ = _reply(rng, 4, fault=fault, says=why)
        half = "".join(step["pieces"][:2])
        # A busy machine may be silent for longer than the first of these.
        for timeout in (0.25, 1.5) if fault == "stall" else (30.0,):
            options = {"timeout": timeout, "retries": 6}
            got = _talk(sol, seed, [step], ["stream"], options=options, fails=1)
            result = got["results"][0]
            told = "".join(map(str, result["pieces"]))
            if told == half:
                break
        what = f"stream(…)  # {ENDS[fault]}"
        _error({**result, "status": None}, None, what)
        equal(told, half, what=f'"".join(pieces) of {what}')
        if fault != "stall":
            equal(len(got["requests"]), 1, what=f"len(requests) of {what}")
        if fault == "error":
            _repeats(result, why)
    for call in ("complete", "stream"):
        step, text, usage = _reply(rng, 4, finish="length")
        got = _talk(sol, seed, [step], [call], fails=1)
        what = f'{call}(…)  # finish_reason "length"'
        _error(got["results"][0], None, what)
        equal(len(got["requests"]), 1, what=f"len(requests) of {what}")
        equal(got["counts"][0][:2], usage, what=f"prompt_tokens, completion_tokens after {what}")


def test_tokens_and_cost_add_up(sol, seed):
    rng = np.random.default_rng(seed)
    steps, usages = [], []
    for _ in range(4):
        step, _, usage = _reply(rng)
        steps, usages = [*steps, step], [*usages, usage]
    steps.insert(1, _unavailable())
    steps.append({"pieces": ["no usage"]})
    usages.append([0, 0])
    prices = {"input_price": 2.5, "output_price": 10.0}
    calls = ["complete", "stream", "stream", "complete", "complete"]
    got = _talk(sol, seed, steps, calls, options=prices)
    total = np.zeros(2, int)
    for call, usage, (prompt, completion, cost) in zip(calls, usages, got["counts"], strict=True):
        total += usage
        equal(
            [prompt, completion],
            total.tolist(),
            what=f"prompt_tokens, completion_tokens after {call}(…)",
        )
        close(cost, float(total @ [2.5, 10.0]) / 1e6, what=f"cost after {call}(…)", rtol=1e-9)
    free = _talk(sol, seed, [steps[-1], steps[0]], ["complete", "complete"])
    equal(free["counts"][0][:2], [0, 0], what="prompt_tokens, completion_tokens  # no usage")
    equal(free["counts"][1][:2], usages[0], what="prompt_tokens, completion_tokens")
    for counts in free["counts"]:
        equal(float(counts[2]), 0.0, what="cost  # input_price=0.0, output_price=0.0")


def test_the_key_stays_secret(sol, seed):
    rng = np.random.default_rng(seed)
    key = f"sk-proj-{rng.integers(10**17, 10**18)}{rng.integers(10**17, 10**18)}"
    echo = json.dumps({"error": {"message": "Incorrect key provided: {auth}."}})
    ways = [
        ([{"status": 401, "body": echo}], 1),
        ([{"status": 503, "body": echo}], 1),
        ([{"status": 200, "body": echo}], 1),
        ([{"status": 200, "body": "{auth}"}], 1),
        ([_reply(rng)[0]], 0),
        ([_reply(rng, fault="error", says="No {auth}.")[0]], 1),
    ]
    for steps, fails in ways:
        for call in ("complete", "stream") if "fault" not in steps[0] else ("stream",):
            got = _talk(sol, seed, steps, [call], key=key, options={"retries": 1}, fails=fails)
            sent = [request["headers"].get("authorization") for request in got["requests"]]
            expect(
                sent and set(sent) == {f"Bearer {key}"},
                en="The key in LLM_API_KEY should be sent as Authorization: Bearer …",
                zh="LLM_API_KEY 中的密钥应以 Authorization: Bearer … 发送。",
            )
            said_by = {
                "repr": got["said"][:2],
                "output or log": got["said"][2:3],
                "exception": got["said"][3:],
            }
            for where, texts in said_by.items():
                _silent(key, texts, where)
            _silent(key, [request["path"] for request in got["requests"]], "URL")
            _silent(key, [str(request["body"]) for request in got["requests"]], "body")
            status = steps[0].get("status")
            if status in (401, 503):
                _error(got["results"][0], status, f"{call}(…)  # {status}")


def _silent(key, texts, where):
    parts = {key[start : start + 8] for start in range(8, len(key) - 8)}
    expect(
        not any(part in str(text) for part in parts for text in texts),
        en=f"The key can be read in the {where}.",
        zh={"repr": "repr 中能读到密钥。", "output or log": "输出或日志中能读到密钥。", "exception": "异常信息中能读到密钥。",
            "URL": "URL 中能读到密钥。", "body": "请求体中能读到密钥。"}[where],
    )  # fmt: skip
