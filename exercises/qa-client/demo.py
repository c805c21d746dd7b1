"""Lets the client ask a busy server, which has a clock of its own, and counts what comes of it."""

import json
import logging
import math
import random
import re
from collections import Counter
from pathlib import Path

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

KEY = "sk-demo-0123456789abcdef"
WINDOW, ALLOWED = 12.0, 6  # seconds; requests that the server takes in each
HANGS = 900.0  # seconds for which a connection that died stays open
HEALTHY = {True: (20, 16, 59), False: (40, 33, 128)}  # quick: questions, right, seconds


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    rows = [json.loads(line) for line in _data().read_text("utf-8").splitlines()]
    rows = rows[: stage.steps(quick=20, full=40)]  # pairs of languages
    yield Fact(
        "data",
        Text(
            f"data.jsonl: {len(rows)} explanations of the bank, English and Chinese",
            f"data.jsonl：题库的 {len(rows)} 条中英文解析",
        ),
    )
    desk, ears, lines, marks = _Desk(rows), _Ears(), [], Counter()
    file = stage.folder / "answers.jsonl"
    yield Artefact(str(file))
    ears.listen()
    try:
        for number, row in enumerate(rows, 1):
            said, mark = _asked(solution, desk, rows, number, row)
            marks[mark] += 1
            lines.append({"question": row["question"], "answer": said, "mark": mark})
            _write(file, lines)
            yield Metric("right answers, so far", number, marks["✓"])
            yield Metric("seconds of the server's clock, so far", number, desk.clock)
            yield Progress(Text("questions", "问题"), number, len(rows))
    finally:
        ears.close()
    yield _table(lines)
    yield from _facts(desk, ears, marks, len(rows), stage.quick)


def _asked(solution, desk, rows, number, row):
    """Ask one question with three passages; every third answer comes as a stream."""
    passages, place = _passages(rows, row)
    body = solution.build_body(row["question"], passages, "extractive")
    try:
        reply = solution.send(desk.transport, body, KEY, sleep=desk.sleep)
    except solution.ChatError as error:
        return f"ChatError: {error}", "!"
    answer = reply["choices"][0]["message"]["content"]
    if number % 3 == 0:
        answer = solution.read_stream(_events(answer))
    if not solution.is_supported(answer, len(passages)):
        return answer, "–"
    # Right is a whole sentence of the question's own explanation, and its number.
    text, _, cited = answer.rpartition(" ")
    return answer, "✓" if text and text in row["text"] and cited == f"[{place}]" else "✗"


def _passages(rows, row):
    """Return the row's text among two others of its language, and its number among them."""
    chance = random.Random(row["id"])
    others = [one for one in rows if one["language"] == row["language"] and one != row]
    chosen = [*chance.sample(others, 2), row]
    chance.shuffle(chosen)
    return [one["text"] for one in chosen], chosen.index(row) + 1


class _Desk:
    """A server with a limit: six requests in twelve seconds, and a connection that dies now and then.

    Its model says the sentence that fits the question best, and cites; sometimes it makes one up.
    """

    def __init__(self, rows):
        self.clock, self.requests, self.statuses = 0.0, 0, Counter()
        self._begun, self._taken, self._answers = 0.0, 0, 0
        self._spread = Counter(word for row in rows for word in _words(row["text"]))
        self._rows = len(rows)

    def sleep(self, seconds):
        """Let the clock go on."""
        self.clock += max(0.0, seconds)

    def transport(self, headers, data, timeout):
        """Answer one request."""
        del headers
        self.requests += 1
        if self.requests % 17 == 9:
            self.statuses["no reply"] += 1
            self.clock += HANGS if timeout is None else min(timeout, HANGS)
            raise TimeoutError("timed out")
        if self.clock >= self._begun + WINDOW:
            self._begun, self._taken = self.clock, 0
        if self._taken >= ALLOWED:
            self.statuses["429"] += 1
            self.clock += 0.05
            left = math.ceil(self._begun + WINDOW - self.clock)
            return 429, {"retry-after": str(max(1, left))}, "{}"
        self._taken += 1
        self.statuses["200"] += 1
        self.clock += 0.4
        return 200, {}, json.dumps(self._reply(json.loads(data)))

    def _reply(self, body):
        tokens = _tokens(self._said(body["messages"][-1]["content"]))
        most = body.get("max_tokens") or 400
        choice = {"message": {"role": "assistant", "content": "".join(tokens[:most])}}
        return {"choices": [choice | {"finish_reason": "length" if len(tokens) > most else "stop"}]}

    def _said(self, prompt):
        sources, _, question = prompt.rstrip().rpartition("\n")
        wanted = _words(question.removeprefix("Question: "))
        parts = re.split(r"^\[(\d+)\] ", sources, flags=re.MULTILINE)[1:]
        best = (-1.0, "", "1")
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            for sentence in re.findall(r"[^。！？\n]+?(?:[。！？]|[.!?](?=\s|$)|$)", text):
                whole = self._share(wanted, text) + 0.1 * self._share(wanted, sentence)
                best = max(best, (whole, sentence.strip(), number))
        self._answers += 1
        made_up = self._answers % 6 == 5
        return f"{best[1]} [{7 if made_up else best[2]}]"

    def _share(self, wanted, text):
        return sum(math.log(1 + self._rows / self._spread[word]) for word in wanted & _words(text))


def _words(text):
    """Return words in lower case, and pairs of Chinese characters."""
    found = set(re.findall(r"[a-z0-9]+", text.lower()))
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def _tokens(text):
    return re.findall(r"\s*(?:[A-Za-z]{1,4}|\d+|[^\sA-Za-z\d])", text)


def _events(text):
    """Return the lines of a stream that brings the text in tokens."""
    chunks = [{"choices": [{"delta": {"content": piece}}]} for piece in _tokens(text)]
    return [f"data: {json.dumps(chunk)}" for chunk in chunks] + ["data: [DONE]"]


class _Ears(logging.Handler):
    """Counts the lines of the log that hold the key."""

    def __init__(self):
        super().__init__()
        self.leaks, self._level = 0, logging.root.level

    def emit(self, record):
        self.leaks += KEY in record.getMessage()

    def listen(self):
        logging.root.addHandler(self)
        logging.root.setLevel(logging.DEBUG)

    def close(self):
        logging.root.removeHandler(self)
        logging.root.setLevel(self._level)
        super().close()


def _table(lines):
    shown = [(_short(one["question"]), _short(one["answer"]), one["mark"]) for one in lines[:6]]
    head = (Text("question", "问题"), Text("answer", "回答"), "")
    return Table(Text("the first answers", "最初的回答"), head, tuple(shown))


def _facts(desk, ears, marks, count, is_quick):
    asked, right, seconds = HEALTHY[is_quick]
    got = f"{marks['✓']}, {marks['✗']}, {marks['–']}, {marks['!']}"
    yield Fact(
        Text("right ✓, wrong ✗, refused –, no answer !", "正确 ✓、错误 ✗、拒绝 –、无回答 !"), got
    )
    told = ", ".join(f"{count} × {status}" for status, count in desk.statuses.items())
    told = f"{desk.requests}: {told}"
    yield Fact(Text("requests", "请求"), Text(told, told.replace("no reply", "无响应")))
    yield Fact(Text("the server's clock", "服务器时钟"), f"{desk.clock:,.0f} s")
    yield Fact(Text("log lines with the key", "含密钥的日志行"), str(ears.leaks))
    yield Say(
        Text(
            f"A healthy client: {right} of {asked} right, no question without an answer, "
            f"{seconds} s on the server's clock, the key in no line of the log. "
            f"Yours: {marks['✓']} of {count}.",
            f"正常的客户端：{asked} 个问题答对 {right} 个，没有得不到回答的，服务器时钟走 {seconds} 秒，日志里没有密钥。"
            f"你的：{count} 个中答对 {marks['✓']} 个。",
        )
    )


def _write(file, lines):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _short(text):
    text = " ".join(str(text).split())
    return text if len(text) <= 80 else text[:79] + "…"


def _data():
    beside = Path(__file__).with_name("data.jsonl")
    return beside if beside.exists() else Path("data.jsonl")
