"""Searches the bank's explanations and answers questions from them, by an endpoint or without one."""

import json
import math
import os
import re
import time
import urllib.request
from collections import Counter
from itertools import chain
from pathlib import Path

from shared import ChatServer

from prep.lab.events import Artefact, Ask, Fact, Metric, Progress, Say, Table, Text

MOST = 10  # the longest list that recall is measured for
INPUT_PRICE, OUTPUT_PRICE = 1.0, 4.0  # per million tokens: an example, no provider's
LEAST = 0.2  # the share of a question's weight that a passage must have
STRANGE = ("What did Napoleon eat for breakfast?", "杭州西湖的门票多少钱？")


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    rows = [json.loads(line) for line in _data().read_text("utf-8").splitlines()]
    yield Fact(
        "data",
        Text(
            f"data.jsonl: {len(rows)} explanations of the bank, English and Chinese",
            f"data.jsonl：题库的 {len(rows)} 条中英文解析",
        ),
    )
    found = yield from _recall(solution, stage, rows)
    desk = _Desk(rows)
    os.environ.setdefault("LLM_API_KEY", "none")  # a local endpoint needs none
    os.environ["no_proxy"] = ",".join(filter(None, [os.environ.get("no_proxy"), "127.0.0.1"]))
    with ChatServer(desk.answer) as server:
        place = yield from _endpoint(stage.options.get("model"))
        if place and not (yield from _reachable(solution, *place)):
            place = None
        url, name = place or (server.url, "extractive")
        yield Fact(Text("answers", "回答"), f"{name}, {url}" if place else Text(
            "the best sentence found (extractive: no endpoint given); a server on 127.0.0.1 fails now and then",
            "检索到的最佳句子（抽取式：未指定接口）；127.0.0.1 上的服务器会不时出错",
        ))  # fmt: skip
        client = solution.ChatClient(
            url,
            name,
            backoff=0.5 if place else 0.01,
            input_price=INPUT_PRICE,
            output_price=OUTPUT_PRICE,
        )
        talk = _Talk(solution, client, rows, desk)
        try:
            yield from _answers(talk, stage, found)
            yield from _streamed(talk)
        except solution.ChatError as error:
            if not place:
                raise
            yield Say(Text(f"The endpoint failed: {error}", f"接口出错：{error}"))
        yield Fact(
            Text("tokens", "token 数"), f"{client.prompt_tokens:,} + {client.completion_tokens:,}"
        )
        yield Fact(
            Text("cost", "费用"),
            Text(
                f"{client.cost:.6f} ({INPUT_PRICE:g}, {OUTPUT_PRICE:g} / 10⁶: an example)",
                f"{client.cost:.6f}（{INPUT_PRICE:g}、{OUTPUT_PRICE:g} / 10⁶，仅为示例）",
            ),
        )
        if not place:
            yield Fact(
                Text("requests, refused", "请求数、被拒数"),
                f"{len(server.requests)}, {desk.refused}",
            )
        yield from _asked(talk)


def _recall(solution, stage, rows):
    """Search for each question's own explanation; return the ids found for each question."""
    found = {}
    for language in ("en", "zh"):
        some = [row for row in rows if row["language"] == language]
        passages = [(row["id"], row["text"]) for row in some]
        asked = some[:: stage.steps(quick=2, full=1)]
        hits, plain = Counter(), Counter()
        for number, row in enumerate(asked, 1):
            names = solution.search(row["question"], passages, MOST)
            common = _by_words_in_common(row["question"], passages)
            found[row["id"]] = names
            for k in range(1, MOST + 1):
                hits[k] += row["id"] in names[:k]
                plain[k] += row["id"] in common[:k]
            yield Progress(Text(f"search, {language}", f"检索，{language}"), number, len(asked))
        for k in range(1, MOST + 1):
            yield Metric(f"recall at k, {language}", k, hits[k] / len(asked))
        for k in range(1, MOST + 1):
            yield Metric(f"recall at k, {language}, words in common", k, plain[k] / len(asked))
    return found


def _by_words_in_common(question, passages):
    """Return ids by the number of words in common: the baseline."""
    wanted = _pieces(question)
    return [name for name, _ in sorted(passages, key=lambda pair: -len(wanted & _pieces(pair[1])))]


def _pieces(text):
    found = set(re.findall(r"[a-z0-9]+", text.lower()))
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found


def _language(text):
    return "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"


class _Desk:
    """The local model: of the passages in the prompt it says the sentence that fits best.

    No more than matching of words: it refuses most questions, and errs in a third of the rest.
    """

    def __init__(self, rows):
        self.question, self.refused = "", 0
        self._bags = {"en": [], "zh": []}
        for row in rows:
            self._bags[row["language"]].append(_pieces(row["text"]))
        self._spread = {name: Counter(chain(*bags)) for name, bags in self._bags.items()}

    def answer(self, number, request):
        """Refuse every fourth request, in two ways, as busy servers do."""
        if number % 4 == 1:
            self.refused += 1
            status = 503 if number % 8 == 1 else 429
            error = '{"error": {"message": "overloaded"}}'
            return {"status": status, "body": error, "headers": {"Retry-After": "0"}}
        prompt = "\n".join(message["content"] for message in request["body"]["messages"])
        reply = self._best(prompt)
        words = re.findall(r"\S+\s*", reply)
        return {"pieces": words, "usage": [len(prompt) // 3, len(reply) // 3]}

    def _best(self, prompt):
        sources = prompt[: prompt.find(self.question)]
        marks = list(re.finditer(r"\[#([\w.-]+)\]", sources))
        best = (LEAST, "NOT_IN_SOURCES")
        for mark, after in zip(marks, [*marks[1:], None], strict=True):
            text = sources[mark.end() : after.start() if after else None]
            share = self._share(text)
            if share > best[0]:
                sentences = re.findall(r"[^。！？\n]+?(?:[。！？]|[.!?](?=\s|$)|$)", text)
                best = share, f"{max(sentences, key=self._share).strip()} {mark[0]}"
        return best[1]

    def _share(self, text):
        """Return how much of the question's weight the text has: rare words weigh most."""
        wanted, language = _pieces(self.question), _language(self.question)
        rows, spread = len(self._bags[language]), self._spread[language]
        weights = {one: math.log((1 + rows) / (1 + spread[one])) ** 3 for one in wanted}
        shared = sum(weights[one] for one in wanted & _pieces(text))
        return shared / (sum(weights.values()) or 1)


class _Talk:
    """Asks questions of the passages in their own language."""

    def __init__(self, solution, client, rows, desk):
        self.solution, self.client, self.rows, self._desk = solution, client, rows, desk

    def passages(self, question):
        language = _language(question)
        return [(row["id"], row["text"]) for row in self.rows if row["language"] == language]

    def ask(self, question):
        self._desk.question = question
        return self.solution.ask(question, self.passages(question), self.client)

    def stream(self, question):
        self._desk.question = question
        passages = self.passages(question)
        texts = dict(passages)
        names = self.solution.search(question, passages)
        prompt = self.solution.build_messages(question, [(name, texts[name]) for name in names])
        return self.client.stream(prompt)


def _answers(talk, stage, found):
    """Answer some questions of the bank, and two that it cannot know."""
    known = [row for row in talk.rows if row["id"] in found]
    count = stage.steps(quick=24, full=60)
    asked = [known[place * len(known) // count] for place in range(count)]
    questions = [(row["question"], row["id"]) for row in asked] + [(one, "") for one in STRANGE]
    file, lines, marks = stage.folder / "answers.jsonl", [], Counter()
    yield Artefact(str(file))
    for number, (question, own) in enumerate(questions, 1):
        began = time.perf_counter()
        result = talk.ask(question)
        milliseconds = 1000 * (time.perf_counter() - began)
        lines.append({"question": question, "expected": own, **result})
        _write(file, lines)
        marks[_mark(lines[-1])] += 1
        yield Metric("milliseconds, answer", number, milliseconds)
        yield Metric(
            "tokens, so far", number, talk.client.prompt_tokens + talk.client.completion_tokens
        )
        yield Progress(Text("answers", "回答"), number, len(questions))
    yield Fact(
        Text("right ✓, wrong ✗, refused –", "正确 ✓、错误 ✗、拒绝 –"),
        f"{marks['✓']}, {marks['✗']}, {marks['–']}",
    )
    first = sorted(lines[:-2], key=lambda one: not one["found"])  # answers, then refusals
    shown = [*first[:4], first[-1], *lines[-2:]]
    yield Table(
        Text("answers", "回答"),
        (Text("question", "问题"), Text("answer", "回答"), Text("its own source", "引用了原文")),
        tuple((_short(one["question"]), _short(one["answer"]), _mark(one)) for one in shown),
    )


def _mark(line):
    if not line["found"]:
        return "–"
    return "✓" if line["expected"] in line["sources"] else "✗"


def _streamed(talk):
    """Measure how much earlier the first words are there."""
    row = talk.rows[0]
    began, first, text = time.perf_counter(), 0.0, ""
    for piece in talk.stream(row["question"]):
        first = first or time.perf_counter() - began
        text += piece
    whole = time.perf_counter() - began
    yield Say(Text(f"Streamed: {text}", f"流式回答：{text}"))
    yield Fact(
        Text("first words, all words", "最初的字、全部"),
        f"{1000 * first:.0f} ms, {1000 * whole:.0f} ms",
    )


def _asked(talk):
    while True:
        question = yield Ask(Text("A question (empty to end)", "输入一个问题（留空结束）"))
        if not question or not question.strip():
            return
        try:
            said = talk.ask(question.strip())["answer"]
        except talk.solution.ChatError as error:
            said = f"ChatError: {error}"
        yield Say(Text(said, said))


def _endpoint(option):
    """Return URL and model of the endpoint to use, or None."""
    url, name = os.environ.get("PREP_LLM_URL", ""), option or ""
    if "://" in name:
        url, _, name = name.partition("#")
    if name and not url:
        yield Say(
            Text(
                "--model names a model, and PREP_LLM_URL no endpoint: extractive answers instead.",
                "--model 给出了模型名，但 PREP_LLM_URL 没有给出接口：改用抽取式回答。",
            )
        )
    return (url, name or _first_model(url)) if url else None


def _first_model(url):
    """Return the first model that the endpoint lists."""
    head = {"Authorization": f"Bearer {os.environ.get('LLM_API_KEY', 'none')}"}
    try:
        request = urllib.request.Request(url.rstrip("/") + "/models", headers=head)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read())["data"][0]["id"]
    except (OSError, ValueError, LookupError, TypeError):
        return "default"


def _reachable(solution, url, name):
    """Say whether the endpoint answers, and if not, why not."""
    client = solution.ChatClient(url, name, retries=1)
    try:
        client.complete([{"role": "user", "content": "Say yes."}])
    except solution.ChatError as error:
        yield Say(
            Text(
                f"{url} gives no answer ({error}): extractive answers instead.",
                f"{url} 没有给出回答（{error}）：改用抽取式回答。",
            )
        )
        return False
    return True


def _write(file, lines):
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:89] + "…"


def _data():
    beside = Path(__file__).with_name("data.jsonl")
    return beside if beside.exists() else Path("data.jsonl")
